"""Which class of a library's model is which word of the business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import cannot_convert
from ..spec import Spec


def places_of(classes: Sequence[Any], spec: Spec) -> list[int]:
    """For each word in the order of ``spec.classes`` the place of its score in the model's own order.

    A model that was fitted on words names them; one that was fitted on ``spec.codes`` has 0, 1, …; of two, False and True.
    """
    own = [_plain(one) for one in classes]
    if len(own) != len(spec.classes) or len(set(map(str, own))) != len(own):
        raise cannot_convert(
            f"The model knows {len(own)} classes ({_listed(own)}), and the definition has {len(spec.classes)} ({_listed(spec.classes)}).",
            "Fit it on rows of every class.",
        )
    if all(isinstance(one, str) for one in own):
        unknown = [one for one in own if one not in spec.classes]
        if not unknown:
            return [own.index(word) for word in spec.classes]
        raise cannot_convert(f'The model knows a class "{unknown[0]}" that the definition does not have.', "Fit it on spec.y(train).")
    if own == list(range(len(own))):  # False and True are equal to 0 and 1.
        return list(range(len(own)))
    raise cannot_convert(
        f"The classes of the model ({_listed(own)}) are neither the words of the definition nor their numbers.",
        "Fit it on spec.y(train) or spec.codes(train).",
    )


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _listed(words: Sequence[Any]) -> str:
    shown = ", ".join(str(word) for word in words[:5])
    return f"{shown}, …" if len(words) > 5 else shown
