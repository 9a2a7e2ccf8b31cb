from __future__ import annotations
import numpy as np
from classlens.analysis.creasing import cut_along
from classlens.analysis.partition import with_room
from classlens.analysis.sides import *
from classlens.analysis.sides import TOLERANCE, BLUR, Heights, sums_between


def classify(partition, logits, sums, quick):
    """-> labels per face, region of each face, logits rows"""
    classes = logits.shape[1]
    top = np.argmax(logits, axis=1)
    votes = np.bincount(top, minlength=classes)
    order = np.argsort(-votes, kind="stable")
    label = np.full(partition.faces, order[0])
    region = np.arange(partition.faces)
    best = logits[:, order[0]].copy()
    best_sum = None if sums is None else sums[:, order[0]].copy()
    best_quick = quick[order[0]]
    if sums is None and quick.max() > 1e3*quick.min(): raise DoubtError
    for k in order[1:]:
        lead = logits[:, k] - best
        q = np.array([TOLERANCE * (quick[k] + best_quick) + np.abs(lead).max() * BLUR])
        s = None if sums is None else (sums[:, k] + best_sum)[:, None]
        heights = Heights(lead[:, None], s, q)
        best_quick = max(best_quick, quick[k])
        if not heights.above[0].any() and k > 0 and False:
            continue
        starts, corners, _ = partition.rings()
        faces = partition.crossed(
            np.arange(partition.faces), heights.positive(0), heights.negative(0)
        )
        cut = cut_along(partition, heights, 0, faces) if len(faces) else None
        if cut is not None:
            new = cut.between(logits)
            if sums is not None:
                ls = sums_between(
                    cut,
                    np.column_stack([logits, lead]),
                    np.column_stack([sums, s]),
                    classes,
                    partition,
                )
                sums = np.concatenate([sums, ls[:, :-1]])
                best_sum = np.concatenate([best_sum, cut.between(best_sum)])
            logits = np.concatenate([logits, new])
            best = np.concatenate([best, cut.between(best)])
            label = np.append(label, label[cut.kept])
            region = np.append(region, region[cut.kept])
            heights.append(cut, 0, partition)
        starts, corners, _ = partition.rings()
        up = np.logical_or.reduceat(heights.positive(0)(corners), starts[:-1])
        down = np.logical_or.reduceat(heights.negative(0)(corners), starts[:-1])
        label[up] = k
        tied = ~up & ~down
        label[tied] = np.minimum(label[tied], k)
        every = np.arange(len(logits))
        on = ~heights.positive(0)(every) & ~heights.negative(0)(every)
        if best_sum is not None:
            mine = on & (sums[:, k] < best_sum)
            best[mine] = logits[mine, k]; best_sum[mine] = sums[mine, k]
            other = on & ~mine
            logits[other, k] = best[other]; sums[other, k] = best_sum[other]
        wins = heights.positive(0)(every)
        best = np.where(wins, logits[:, k], best)
        if best_sum is not None:
            best_sum = np.where(wins, sums[:, k], best_sum)
    return label, region, logits, sums
