"""The files of npm packages that pages load or documents are set in: named here, and no other file is served.

In a checkout they lie in frontend/node_modules; in an installed wheel the build has put them beside this module.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.core.files.storage.base import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from postloan.site.npm_files import FONTS, ICON_FOLDER, ICONS, SERVED


def npm_root() -> Path:
    """The folder that the files lie in: the wheel's own, or the checkout's."""
    installed = Path(__file__).parent / "npm"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "frontend" / "node_modules"


def icon_file(name: str) -> Path:
    """The drawing of an icon. Raises KeyError where it is not among ICONS: the wheel would not hold it."""
    if name not in ICONS:
        raise KeyError(name)
    return npm_root() / ICON_FOLDER / f"{name}.svg"


def font_folders() -> list[Path]:
    """Where the fonts of documents lie."""
    return sorted({(npm_root() / font).parent for font in FONTS})


class NpmFinder(BaseFinder):
    """Finds the files of SERVED under npm/, and nothing else of their packages."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self._storage = FileSystemStorage(location=npm_root())
        self._storage.prefix = "npm"  # type: ignore[attr-defined]

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing can be configured, so nothing can be wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Find one file."""
        name = path.removeprefix("npm/")
        if path == name or name not in SERVED:
            return []
        found = self._storage.path(name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:  # noqa: ARG002 - Django's signature
        """List all of them."""
        for name in SERVED:
            yield name, self._storage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Static files under names that carry their hash; the maps that npm files point to are not served."""

    patterns = tuple(
        (kind, tuple(each for each in held if "sourceMappingURL" not in (each if isinstance(each, str) else each[0])))
        for kind, held in CompressedManifestStaticFilesStorage.patterns
    )
