"""The built site behind a local server, in Debian's Chromium."""

from __future__ import annotations

import functools
import os
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SITE = os.environ.get("CDTREF_SITE")
CHROMIUM = os.environ.get("CDTREF_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Requests are not news."""


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    if SITE is None:
        pytest.skip("CDTREF_SITE names no built site; `nox -s docs browser` builds and tests it")
    return Path(SITE)


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium(site):  # noqa: ARG001  # without a site no browser is started
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is installed by `nox -s browser`"
    )
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no {CHROMIUM}; on Debian: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """
    A function that opens a page of the site; at the end no script has failed and nothing was asked
    elsewhere.
    """
    contexts, faults = [], []

    def opened(path, **options):
        context = chromium.new_context(base_url=address, **options)
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: message.type in ("error", "warning") and faults.append(message.text),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: _note_failure(request, faults))
        page.on(
            "request",
            lambda request: None if _is_near(request.url, address) else faults.append(request.url),
        )
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def _note_failure(request, faults):
    """Who leaves a page leaves what it was fetching."""
    if request.failure != "net::ERR_ABORTED":
        faults.append(f"failed: {request.url}")


def _is_near(url, address):
    return url.startswith((address, "data:", "blob:"))
