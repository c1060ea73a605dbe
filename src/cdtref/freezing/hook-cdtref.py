"""What PyInstaller cannot see: the bundled data, and the modules that are loaded by name."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

# What tests code needs packages that no app has; the command line is an app of its own.
LEFT_OUT = ("cdtref.testing", "cdtref.freezing", "cdtref.cli", "cdtref.__main__")


def is_for_apps(module: str) -> bool:
    """True for the modules that an app may load."""
    return not module.startswith(LEFT_OUT)


datas: list[tuple[str, str]] = collect_data_files("cdtref")
hiddenimports: list[str] = collect_submodules("cdtref", filter=is_for_apps)
