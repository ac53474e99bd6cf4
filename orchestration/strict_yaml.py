"""YAML of which nothing is lost or guessed, with errors that say where.

It leaves out what the settings mean (`sources`).
"""

from typing import Any

import yaml


class NotYamlError(ValueError):
    """A text cannot be read; the message says where and why, after its name."""


def load_strictly(content: bytes) -> object:
    """Return what a text holds; raises NotYamlError, which quotes none of it."""
    try:
        return yaml.load(content, _Loader)  # noqa: S506 - it is a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise NotYamlError(f"is not YAML{place}: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise NotYamlError("is not YAML: it holds odd characters") from None
    except ValueError:
        message = "cannot be read: a value in it is no date, time or number"
        raise NotYamlError(message) from None
    except RecursionError:
        raise NotYamlError("cannot be read: it is nested too deep") from None


class _Loader(yaml.SafeLoader):
    """Reads YAML in which no setting stands twice: one of the two would be lost."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Any, Any]:
        """Raise ConstructorError where a key comes twice."""
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in seen:
                problem = "a setting is given twice"
                raise yaml.constructor.ConstructorError(
                    problem=problem, problem_mark=key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep)
