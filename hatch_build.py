"""What the wheel needs beyond the source: the npm files that pages load, the fonts of documents, compiled words.

A bank installs with pip alone, without Node and without the network; so the wheel holds them. An editable install uses
the checkout's own.
"""

import runpy
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Puts the files of npm_files.py beside the site, and compiles the catalogues."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the further files of a wheel. Raises FileNotFoundError where frontend/node_modules lacks one."""
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        named = runpy.run_path(str(root / "src" / "postloan" / "site" / "npm_files.py"))["NPM_FILES"]
        for name in named:
            path = root / "frontend" / "node_modules" / name
            if not path.is_file():
                raise FileNotFoundError(f"{path} is missing; run `npm ci --ignore-scripts` in frontend/ first")
            build_data["force_include"][str(path)] = f"postloan/site/npm/{name}"
        for made in self._compiled(root):
            build_data["force_include"][str(made)] = str(made.relative_to(root / "src"))

    def _compiled(self, root: Path) -> list[Path]:
        made = []
        for written in sorted((root / "src").rglob("locale/*/LC_MESSAGES/django.po")):
            compiled = written.with_suffix(".mo")
            with written.open("rb") as source, compiled.open("wb") as to:
                write_mo(to, read_po(source, locale=written.parents[1].name))
            made.append(compiled)
        return made
