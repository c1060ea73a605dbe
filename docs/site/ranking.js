// The library's search in a browser: its index and its numbers come from searchdata.py, the steps are those of
// cdtref.textsearch.ranking, without what only long texts need. Nothing is tuned here.

const TOKEN = /[a-z]{4,}|[a-z]&[a-z]\b|(?<![a-z])[fcp]\/[fcp]?(?![a-z])|-?\/[fcp](?![a-z])|\d+\/\d+|#[a-z\d]+|\d+\.\d+|\d+\+?|[a-z]{1,3}\d+[a-z]+|[a-z]+|\+/g;
const TEETH = /(?:#(?=\w)|\btooth +(?:no\.? *|number +|#)?|\bteeth +#?)((?:\d{1,2}|(?<=#)[a-tA-T]\b|\b[A-T]\b)(?:(?: *[-,&] *| and )#?(?:\d{1,2}|(?<=#)[a-tA-T]\b|\b[A-T]\b))*)(?!\d)/gi;
const LETTERS = /(?<![\w#/&-])([A-Za-z]{1,5})5?(?![\w/&])(?: +(amal|comp|resin|fill|inlay|onlay|rest|zirc|emax))?/g;
const SURFACES = /^(?:[md][oblfi]|o[bl]|bo|lo|mod|[md]o[bl]|[md]i[fl]|[md]fl|mid|mod[blf]|[md]ifl|mid[fl]|[md]obl|mod[bf]l|midfl)$/;
const WORDS_TOO = /^(?:do|lo|m[if]|d[ibl]|mil|mid|mo[bl]|dol|ml|bo|ob)$/;
const AGE = /(?<![\d.])(\d{1,3})[ -]*(yrs?|years?|yo|y\/o|months?)\b[ -]*(old\b)?/;
const NEGATORS = new Set(["except", "excluding", "minus", "neither", "never", "no", "nor", "not", "without"]);
const OCCASIONS = new Set(["after", "because", "before", "due", "following", "for"]);
const TURNS = new Set(["after", "and", "because", "before", "but", "for", "just", "only", "so", "then", "when", "with"]);
const LINKS = new Set(["a", "an", "any", "the", "on", "in", "of", "to", "its", "my"]);
const EMPTY = new Set("a an and at by for from in into is it my of on our that the their to with your dental dentist patient procedur servic visit".split(" "));
const ENDINGS = "izational ization isation ational ability ibility ation ativ ition ament ement ator ical ably able ibl ance anc ence enc ment ness ial ion ist iti ity iv ous ant ent abl al at er ic iz or li".split(" ");
const ALPHA = /^[a-z]+$/;
const FARTHEST_UNIT = 5;

const sum = (values) => values.reduce((total, value) => total + value, 0);
const best = (values) => values.reduce((most, value) => Math.max(most, value), 0);

export function tokens(text) {
  const plain = text.replace(/–/g, "-").normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
  return plain.replace(/'s/g, "").replace(/'/g, "").replace(/e\.max/g, "emax").match(TOKEN) ?? [];
}

function singular(word) {
  if (word.endsWith("ies") && word.length > 4) return word.slice(0, -3) + "y";
  if (/(sses|xes|ches|shes|zes)$/.test(word)) return word.slice(0, -2);
  if (word.endsWith("s") && !/(ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

function withoutEnding(word) {
  for (const ending of ["ing", "ed"]) {
    const root = word.endsWith(ending) ? word.slice(0, -ending.length) : word;
    if (root !== word && root.length > 2 && /[aeiouy]/.test(root)) {
      word = root.at(-1) === root.at(-2) && !"lsz".includes(root.at(-1)) ? root.slice(0, -1) : root;
      break;
    }
  }
  if (word.endsWith("e") && word.length > 3) word = word.slice(0, -1);
  return word.endsWith("y") && word.length > 3 ? word.slice(0, -1) + "i" : word;
}

function rootOf(word) {
  for (const ending of ENDINGS)
    if (word.endsWith(ending) && word.length - ending.length >= 5) return word.slice(0, -ending.length);
  return word.endsWith("li") && word.length >= 6 ? word.slice(0, -2) : word;
}

// Letters too many, too few, wrong or swapped, or most + 1 where there are more.
export function slips(word, other, most) {
  let earlier = [], before = [], row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= word.length; i++) {
    [earlier, before, row] = [before, row, [i]];
    for (let j = 1; j <= other.length; j++) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (word[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && word[i - 1] === other[j - 2] && word[i - 2] === other[j - 1]) cost = Math.min(cost, earlier[j - 2] + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return Math.min(row.at(-1), most + 1);
}

// The words of a text with what it denies ("not on implants") and what it tells as an occasion ("after extraction").
function signedTokens(text) {
  const said = [];
  const clauses = text.replace(/\bw\/o\b/gi, "without").split(/([,;()]|[.:](?!\d|max\b))/);
  for (let part = 0; part < clauses.length; part += 2) {
    const clause = clauses[part];
    const isExplained = clauses[part - 1] === "(" && said.at(-1)?.isDenied;
    let left = 0, hasDenied = false, isOccasion = false;
    const words = tokens(clause);
    words.forEach((word, at) => {
      const isSecond = /^(instead of|other than|rather than)$/.test(`${words[at - 1]} ${word}`);
      const entry = { word, isDenied: false, isDenying: false, isOccasion };
      if (NEGATORS.has(word) || isSecond) {
        left = word === "no" ? 1 : words.length;
        hasDenied = false;
        entry.isDenying = true;
        if (isSecond) said.at(-1).isDenying = true;
      } else if (hasDenied && TURNS.has(word)) {
        left = 0;
      } else if (left) {
        entry.isDenied = true;
        if (!LINKS.has(word) && !TURNS.has(word)) {
          hasDenied = true;
          left -= 1;
        }
      }
      if (isExplained) entry.isDenied = true;
      if (OCCASIONS.has(word)) isOccasion = true;
      said.push(entry);
    });
  }
  return said;
}

function surfaceLetters(text) {
  for (const [, letters, material] of text.matchAll(LETTERS)) {
    const plain = letters.toLowerCase();
    const isMeant = letters === letters.toUpperCase() || material || !WORDS_TOO.test(plain);
    const isSingle = material && letters.length === 1 && "ODBLFIM".includes(letters);
    if (isSingle || (isMeant && SURFACES.test(plain))) return plain;
  }
  return "";
}

export class Index {
  constructor(data) {
    Object.assign(this, data);
    this.stop = new Set(data.stop);
    this.marked = new Set(data.marked);
    this.narrower = {};
    for (const [narrow, wide] of Object.entries(data.broader)) for (const name of wide) (this.narrower[name] ??= []).push(narrow);
    this.stems = new Map();
    this.roots = {};
    for (const stem of Object.keys(data.evidence)) if (stem.length >= 4 && ALPHA.test(stem)) (this.roots[rootOf(stem)] ??= []).push(stem);
    for (const kin of Object.values(this.roots)) kin.sort(this.byWeight);
    this.known = data.wordings.map((wordings) => wordings.map((packed) => this.unpacked(packed)));
    this.records = data.facets.map(([names, ranges]) => ({ names: new Set(names.split(" ").filter(Boolean)), ranges }));
    this.named = new Map();
    this.known.forEach((wordings, doc) => wordings.forEach(({ whole }, place) => {
      const found = this.named.get(whole) ?? this.named.set(whole, []).get(whole);
      if (found.at(-1)?.doc !== doc) found.push({ doc, place });
    }));
    this.named.delete("");
  }

  byWeight = (a, b) => (this.evidence[b]?.[2] ?? 0) - (this.evidence[a]?.[2] ?? 0) || (a < b ? -1 : 1);

  unpacked(packed) {
    const [stems, concepts, whole] = packed.split("|");
    const parts = stems.split(" ").filter(Boolean);
    const names = concepts.split(" ").filter(Boolean).map((name) => (name[0] === "!" ? `!#${name.slice(1)}` : `#${name}`));
    return { terms: new Set([...parts, ...names]), weight: sum(parts.map((part) => this.rarities[part] ?? 0)), whole: whole ?? parts.join("") };
  }

  stem(word) {
    if (!this.stems.has(word)) {
      const usual = this.irregular[word] ?? word;
      this.stems.set(word, usual.length < 4 || !ALPHA.test(usual) ? usual : withoutEnding(singular(usual)));
    }
    return this.stems.get(word);
  }

  // The codes that words mean, best first, of those that *admits* lets in; [] where nothing dental is said.
  search(text, admits, limit) {
    const asked = this.read(text);
    const denial = this.denial(asked.terms);
    const fit = (doc) => this.fit(asked, doc);
    const outright = this.outright(asked, admits, fit, denial);
    const gathered = this.gathered(asked.terms);
    const total = sum(asked.terms.map((term) => term.share * this.rarest(term)));
    const taken = new Set(outright);
    const docs = [...gathered.keys()].filter((doc) => gathered[doc] > 0 && !taken.has(doc) && admits(this.codes[doc]));
    docs.sort((a, b) => gathered[b] - gathered[a] || a - b);
    const isDental = asked.dental >= this.numbers.LEAST_DENTAL || this.isCatchword(asked, admits);
    if (!outright.length && !(total && isDental)) return [];
    const left = Math.max(0, this.numbers.CANDIDATES - outright.length);
    const rough = docs.slice(0, left).map((doc) => ({ doc, fit: fit(doc) * denial(doc) }));
    rough.sort((a, b) => gathered[b.doc] * b.fit - gathered[a.doc] * a.fit || a.doc - b.doc);
    const judged = rough.slice(0, this.numbers.FINALISTS).map(({ doc, fit: by }) => {
      const words = this.numbers.GATHERED * gathered[doc] / total;
      return { doc, score: (words + (1 - this.numbers.GATHERED) * this.likeness(asked.terms, total, doc)) * by };
    });
    judged.sort((a, b) => b.score - a.score || a.doc - b.doc);
    const rest = [...rough.slice(this.numbers.FINALISTS).map(({ doc }) => doc), ...docs.slice(left)];
    return [...outright, ...judged.map(({ doc }) => doc), ...rest].slice(0, limit).map((doc) => this.codes[doc]);
  }

  // A known word by itself that few records have, and of which one is: by its title or two synonyms.
  isCatchword({ terms, isOneWord }, admits) {
    if (!isOneWord || terms.length !== 1 || terms[0].isDenied) return false;
    const [word] = terms[0].alternatives[0];
    if ((this.rarities[word] ?? 0) < this.numbers.CATCHWORD_RARITY) return false;
    const isAbout = ([title, ...synonyms]) => title.terms.has(word) || synonyms.filter(({ terms }) => terms.has(word)).length > 1;
    const having = (this.postings[word] ?? []).filter((_, at) => at % 2 === 0);
    return having.some((doc) => admits(this.codes[doc]) && isAbout(this.known[doc]));
  }

  outright({ wholes }, admits, fit, denial) {
    const { NAMED_LATER, LAST_PLACE, NAMED_BY_FIT } = this.numbers;
    for (const [number, whole] of wholes.entries()) {
      let found = (this.named.get(whole) ?? []).filter(({ doc }) => admits(this.codes[doc]));
      if (number) found = found.filter(({ doc }) => denial(doc) === 1);
      if (!found.length) continue;
      const score = ({ doc, place }) => NAMED_BY_FIT * Math.min(fit(doc), 1) - NAMED_LATER * Math.min(place, LAST_PLACE);
      return found.sort((a, b) => score(b) - score(a) || a.doc - b.doc).map(({ doc }) => doc);
    }
    return [];
  }

  read(text) {
    const teeth = this.teethIn(text);
    const said = this.understood(signedTokens(teeth.length ? text.replace(TEETH, " tooth ") : text));
    const stems = said.map((word) => word.stem);
    const found = this.find(stems);
    const affirmed = found.filter((hit) => !hit.places.every((at) => said[at].isDenied));
    const whole = this.sameness(stems);
    const denying = said.findIndex((word) => word.isDenying);
    const before = denying < 0 ? whole : this.sameness(stems.slice(0, denying));
    return {
      terms: this.termsOf(said, found),
      wanted: this.wantedFacets(affirmed, teeth, this.agesIn(text)),
      ranges: this.rangesIn(text, stems, teeth.length, found),
      named: new Set(affirmed.flatMap((hit) => this.kin(hit.concept))),
      wholes: before === whole ? [whole] : [whole, before],
      isOneWord: stems.filter((stem) => !this.stop.has(stem)).length === 1,
      dental: this.dentalness(said, found, teeth.length > 0),
    };
  }

  teethIn(text) {
    const found = new Set();
    for (const [, list] of text.matchAll(TEETH)) {
      const numbers = list.match(/\d{1,2}|\b[a-t]\b/gi).map((number) => number.toUpperCase());
      if (numbers.every((number) => number in this.teeth)) numbers.forEach((number) => found.add(number));
    }
    return [...found];
  }

  agesIn(text) {
    const [, years, unit, old] = AGE.exec(text.toLowerCase()) ?? [];
    if (!years || (unit[0] === "m" && !old)) return []; // "every 6 months" is no age
    return this.ages.filter(([least]) => least <= (unit[0] === "m" ? 0 : Number(years))).at(-1)[1];
  }

  sameness(stems) {
    return stems.filter((stem) => !EMPTY.has(stem)).join("") || stems.join("");
  }

  understood(signed) {
    const said = [];
    for (let at = 0; at < signed.length; at++) {
      const { word, ...signs } = signed[at];
      const next = signed[at + 1]?.word;
      const joined = next && ALPHA.test(word) ? this.stem(word + next) : "";
      if (joined.length >= this.numbers.SHORTEST_JOINED && joined in this.evidence && !this.stop.has(this.stem(next))) {
        said.push({ stem: joined, alternatives: [[joined, 1]], ...signs });
        at += 1;
      } else {
        const isBegun = at === signed.length - 1 || this.stem(word).length >= this.numbers.CUT_SHORT;
        said.push({ ...this.wordOf(word, isBegun), ...signs });
      }
    }
    return said;
  }

  wordOf(word, isBegun) {
    const stem = this.stem(word);
    const { DERIVED, MOST_DERIVED, SLIPS, MOST_SLIPS_MEANT, BEGINNING } = this.numbers;
    if (stem in this.evidence || stem in this.phrases || this.stop.has(stem) || !ALPHA.test(stem)) return { stem, alternatives: [[stem, 1]] };
    const kin = stem.length >= 5 ? (this.roots[rootOf(stem)] ?? []) : [];
    if (kin.length) return { stem: kin[0], alternatives: kin.slice(0, MOST_DERIVED).map((other) => [other, DERIVED]) };
    const [count, near] = this.near(word);
    const guesses = near.slice(0, MOST_SLIPS_MEANT).map((other) => [other, SLIPS[count]]);
    if (isBegun && stem.length >= 3) {
      const longer = Object.keys(this.evidence).filter((other) => other.startsWith(stem)).sort(this.byWeight).slice(0, 6);
      guesses.push(...longer.filter((other) => !near.includes(other)).map((other) => [other, BEGINNING]));
    }
    return { stem: guesses[0]?.[0] ?? stem, alternatives: guesses.slice(0, 8), isGuess: true };
  }

  near(word) {
    if (word.length < this.numbers.SHORTEST_WITH_SLIP) return [0, []];
    const most = word.length >= this.numbers.TWO_SLIPS_FROM ? 2 : 1;
    for (const isAlike of [(form) => form[0] === word[0], (form) => form.length > 5 && form.slice(-2) === word.slice(-2)]) {
      let least = most + 1, found = [];
      for (const form of this.forms) {
        if (Math.abs(form.length - word.length) > most || !isAlike(form)) continue;
        const count = slips(word, form, most);
        if (count < least) [least, found] = [count, []];
        if (count === least && count <= most) found.push(this.stem(form));
      }
      if (least <= most) return [least, [...new Set(found)].sort(this.byWeight)];
    }
    return [0, []];
  }

  find(stems) {
    const found = new Map();
    const look = (run, places) => {
      run.forEach((stem, at) => {
        for (const [said, length, concept, kind] of this.phrases[stem] ?? []) {
          if (run.slice(at, at + length).join(" ") !== said) continue;
          const where = places.slice(at, at + length);
          found.set(`${where}|${concept}|${kind}`, { places: where, concept, kind });
        }
      });
    };
    const all = stems.map((_, at) => at);
    const content = all.filter((at) => !this.stop.has(stems[at]));
    look(stems, all);
    if (content.length < stems.length) look(content.map((at) => stems[at]), content);
    const hits = [...found.values()];
    const isWithin = (hit, other) => hit.places.every((at) => other.places.includes(at));
    return hits.filter((hit) => {
      const group = this.groups[hit.concept];
      return !group || !hits.some((other) => other.places.length > hit.places.length && other.concept !== hit.concept && this.groups[other.concept] === group && isWithin(hit, other));
    });
  }

  kin(concept) {
    return [concept, ...(this.broader[concept] ?? []), ...(this.narrower[concept] ?? [])];
  }

  termsOf(said, found) {
    const n = this.numbers;
    const byPlaces = new Map();
    for (const { places, concept, kind } of found) {
      const surest = byPlaces.get(`${places}`) ?? byPlaces.set(`${places}`, { places, names: new Map() }).get(`${places}`);
      const sure = n.PHRASE_CONFIDENCE[kind] * (best(said[places[0]].alternatives.map(([, by]) => by)) || 1);
      const add = (name, by) => surest.names.set(`#${name}`, Math.max(by, surest.names.get(`#${name}`) ?? 0));
      add(concept, sure);
      for (const name of this.broader[concept] ?? []) add(name, sure * n.BROADER);
      for (const name of this.narrower[concept] ?? []) add(name, sure * n.NARROWER);
    }
    const phrases = [...byPlaces.values()].filter(({ places }) => places.length > 1);
    const covered = new Set(phrases.flatMap(({ places }) => places));
    const terms = [];
    said.forEach((word, at) => {
      const alone = byPlaces.get(`${at}`);
      if (word.isDenying || (this.stop.has(word.stem) && !alone)) return;
      let share = covered.has(at) ? n.SHARE_IN_PHRASE : 1;
      if (/^\d/.test(word.stem)) share *= n.SHARE_OF_NUMBER;
      if (word.isOccasion) share *= n.SHARE_OF_OCCASION;
      terms.push({ share, alternatives: [...word.alternatives, ...(alone?.names ?? [])], isDenied: word.isDenied });
    });
    for (const { places, names } of phrases) {
      const share = n.SHARE_OF_PHRASE + n.SHARE_OF_EACH_WORD * places.length;
      terms.push({ share, alternatives: [...names], isDenied: places.every((at) => said[at].isDenied) });
    }
    return terms.filter((term) => term.alternatives.length).map((term) => this.signed(term));
  }

  signed(term) {
    if (!term.isDenied) return term;
    const alternatives = term.alternatives.flatMap(([name, by]) => [[`!${name}`, by], [name, by * this.numbers.DENIED_WORD]]);
    return { ...term, share: term.share * this.numbers.SHARE_OF_DENIED, alternatives };
  }

  wantedFacets(found, teeth, ages) {
    const longest = {};
    for (const { places } of found) for (const at of places) longest[at] = Math.max(longest[at] ?? 0, places.length);
    const outermost = found.filter(({ places }) => places.length === best(places.map((at) => longest[at])));
    const fixing = outermost.filter(({ concept, kind }) => this.groups[concept] && !(kind === "lay" && this.groups[concept] === "action"));
    const said = fixing.map((hit) => hit.concept).filter((name) => !ages.length || this.groups[name] !== "age");
    const names = new Set([...said, ...ages, ...teeth.flatMap((tooth) => this.teeth[tooth])]);
    const wanted = new Map();
    for (const name of names) {
      const group = this.groups[name];
      if (!group) continue;
      const set = wanted.get(group) ?? wanted.set(group, new Set()).get(group);
      this.kin(name).forEach((kin) => set.add(kin));
    }
    return { names, groups: [...wanted] };
  }

  rangesIn(text, stems, teeth, found) {
    const ranges = {};
    stems.forEach((stem, at) => {
      const isOne = stem === "one" || stem === "singl";
      const number = isOne ? 1 : parseFloat(stem);
      if (Number.isNaN(number) || stem.includes("/")) return;
      const ahead = stems.slice(at + 1, at + (isOne ? 4 : 1 + FARTHEST_UNIT)).find((next) => next in this.units);
      const unit = ahead === undefined ? (isOne ? undefined : this.units[stems[at - 1]] ?? "") : this.units[ahead];
      if (unit === undefined) return;
      const numbers = stems.slice(at, at + FARTHEST_UNIT).map(parseFloat).filter((value) => !Number.isNaN(value));
      const isOpen = stem.endsWith("+") || stems[at + 1] === "+" || (stems[at + 1] === "or" && stems[at + 2] === "mor");
      ranges[unit] ??= isOpen ? [number, Infinity] : [Math.min(number, ...numbers), Math.max(number, ...numbers)];
    });
    const bare = ranges[""] ?? [4, 32];
    delete ranges[""];
    const letters = surfaceLetters(text);
    if (letters) ranges.surface ??= [letters.length, letters.length];
    if (teeth) ranges.tooth = [teeth, teeth];
    else if (found.some((hit) => hit.concept === "quadrant")) ranges.tooth ??= bare;
    return ranges;
  }

  gathered(terms) {
    const { TOP_RARITY, LEVELS } = this.numbers;
    const all = new Float64Array(this.codes.length);
    for (const { share, alternatives } of terms) {
      const most = new Float64Array(all.length);
      for (const [name, by] of alternatives) {
        const flat = this.postings[name] ?? [];
        for (let at = 0; at < flat.length; at += 2) most[flat[at]] = Math.max(most[flat[at]], by * flat[at + 1]);
      }
      most.forEach((value, doc) => { all[doc] += share * value * TOP_RARITY / LEVELS; });
    }
    return all;
  }

  rarest({ alternatives }) {
    return best(alternatives.map(([name, by]) => by * (this.rarities[name] ?? 0)));
  }

  // How well the best title or synonym of a code covers the query, and the query it.
  likeness(terms, total, doc) {
    return Math.min(1, best(this.known[doc].map(({ terms: names, weight }) => {
      const met = sum(terms.map((term) => term.share * this.rarest(term) && best(term.alternatives.map(([name, by]) => (names.has(name) ? term.share * this.rarest(term) * by : 0)))));
      const common = Math.min(met, total, weight);
      return common / (total + this.numbers.SURPLUS * (weight - common));
    })));
  }

  // What a code loses that has what the query denies.
  denial(terms) {
    const denied = terms.filter((term) => term.isDenied).map(({ alternatives }) => {
      const plain = alternatives.filter(([name]) => name[0] !== "!").map(([name, by]) => [name, by * (this.rarities[name] ?? 0)]);
      return { plain, weight: best(plain.map(([, by]) => by)) };
    });
    const total = sum(denied.map(({ weight }) => weight));
    return (doc) => {
      if (!total) return 1;
      const has = (name) => this.known[doc].some(({ terms: names }) => names.has(name));
      const had = sum(denied.map(({ plain }) => (plain.some(([name]) => has(`!${name}`)) ? 0 : best(plain.filter(([name]) => has(name)).map(([, by]) => by)))));
      return 1 - this.numbers.DENIAL * had / total;
    };
  }

  fit({ wanted, ranges, named }, doc) {
    const { AGREES, SILENT, CONTRADICTS, UNASKED } = this.numbers;
    const { names, ranges: mine } = this.records[doc];
    let factor = this.priors[doc];
    for (const name of names) if (this.marked.has(name) && !named.has(name) && !wanted.names.has(name)) factor *= UNASKED;
    for (const [group, kin] of wanted.groups) {
      const have = [...names].filter((name) => this.groups[name] === group);
      if (!have.length) factor *= SILENT;
      else factor *= have.some((name) => kin.has(name)) ? AGREES : CONTRADICTS;
    }
    for (const [unit, [least, most]] of Object.entries(ranges)) {
      if (!(unit in mine)) {
        factor *= SILENT;
        continue;
      }
      const [from, to] = mine[unit];
      factor *= from <= most && least <= (to ?? Infinity) ? AGREES : CONTRADICTS;
    }
    return factor;
  }

  // How far the words speak of teeth, 0 to 1.
  dentalness(said, found, namesTooth) {
    const n = this.numbers;
    const inPhrase = new Set(found.filter(({ places }) => places.length > 1).flatMap(({ places }) => places));
    let dental = namesTooth || said.some(({ stem }) => ["dental", "dentist", "dentistri"].includes(stem)) ? 1 : 0;
    let total = dental;
    said.forEach((word, at) => {
      if (inPhrase.has(at)) {
        dental += n.EACH_IN_PHRASE;
        total += n.EACH_IN_PHRASE;
      } else if (!word.isDenying && !this.stop.has(word.stem) && ALPHA.test(word.stem) && word.stem.length > 1) {
        const [sure, weight] = this.evidence[word.stem] ?? [0, n.UNKNOWN_WEIGHT];
        const by = word.alternatives[0]?.[1] ?? 0;
        dental += sure * by * weight;
        total += word.alternatives.length ? weight : n.UNKNOWN_WEIGHT;
      }
    });
    if (!total) return 0;
    return Math.min(1, Math.max(0, dental / total + n.SUM_OF_DENTAL * (Math.min(dental, n.MUCH_DENTAL) - 1)));
  }
}
