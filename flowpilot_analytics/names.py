"""Finds a module under its second name: the module itself, never a copy.

Read at the start of every interpreter that has the wheel, so nothing is imported here that Python has not loaded then.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any

PACKAGES = ("services", "shared_queries")


def install() -> None:
    """Make the second names known; to be called once."""
    long = {name: f"flowpilot_analytics.{name}" for name in PACKAGES}
    here = os.path.dirname(__file__)  # noqa: PTH120 -- pathlib would have to be loaded
    lives_here = PACKAGES[0] in os.listdir(here)  # noqa: PTH208 -- the same
    second_names = long if lives_here else {second: name for name, second in long.items()}
    sys.meta_path.insert(0, _SecondNames(second_names))


class _SecondNames:
    """A finder of `sys.meta_path`."""

    def __init__(self, real_names: "Mapping[str, str]") -> None:
        self._real_names = real_names

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None", target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        for second, real in self._real_names.items():
            is_it = fullname == second and not self._is_taken(second, path, target)
            # Below a package of another's that has the name, the modules are the other's too.
            is_below = fullname.startswith(second + ".") and sys.modules.get(second) is sys.modules.get(real)
            if is_it or is_below:
                return _spec(fullname, real + fullname.removeprefix(second))
        return None

    def _is_taken(self, name: str, path: "Sequence[str] | None", target: "ModuleType | None") -> bool:
        others = (finder for finder in sys.meta_path if finder is not self)
        return any(finder.find_spec(name, path, target) for finder in others)


def _spec(fullname: str, real_name: str) -> "ModuleSpec | None":
    from importlib.machinery import ModuleSpec  # noqa: PLC0415 -- see above
    from importlib.util import find_spec  # noqa: PLC0415 -- the same

    real = find_spec(real_name)
    if real is None:
        return None
    loader: Any = _SameModule(real)
    spec = ModuleSpec(fullname, loader, origin=real.origin)
    spec.submodule_search_locations = real.submodule_search_locations
    return spec


class _SameModule:
    """A loader whose module has run under its real name."""

    def __init__(self, real: "ModuleSpec") -> None:
        self._real = real

    def create_module(self, spec: "ModuleSpec") -> "ModuleType":  # noqa: ARG002 -- the protocol's
        from importlib import import_module  # noqa: PLC0415 -- see above

        return import_module(self._real.name)

    def exec_module(self, module: "ModuleType") -> None:
        # The import has just given it the spec of the second name.
        module.__spec__ = self._real

    def get_code(self, fullname: str) -> "CodeType | None":  # noqa: ARG002 -- `python -m` asks, by the second name
        loader: Any = self._real.loader
        code: CodeType | None = loader.get_code(self._real.name)
        return code
