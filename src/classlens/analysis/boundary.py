from __future__ import annotations
from dataclasses import dataclass
import numpy as np
from classlens.analysis.partition import with_room
from classlens.analysis.tolerance import QUICK_TOLERANCE, TOLERANCE, DoubtError, cut_along, sides, slack

@dataclass
class Lead:
    above: object; below: object; heights: object; sums: object
    def positive(self, v): return self.above.take(v)
    def negative(self, v): return self.below.take(v)
    def height(self, v): return self.heights.take(v)
    def doubt(self, v): return None if self.sums is None else self.sums.take(v)
    def settle(self, v): self.above[v]=False; self.below[v]=False

def classify(partition, logits, sums, bounds):
    """-> labels per face, region of each face, logits rows"""
    classes = logits.shape[1]
    votes = np.bincount(np.argmax(logits, axis=1), minlength=classes)
    order = np.argsort(-votes, kind="stable")
    label = np.full(partition.faces, order[0])
    region = np.arange(partition.faces)
    best = logits[:, order[0]].copy()
    best_sum = None if sums is None else sums[:, order[0]].copy()
    best_bound = bounds[order[0]]
    if sums is None and bounds.max() > 1e3*bounds.min(): raise DoubtError
    for k in order[1:]:
        lead = logits[:, k] - best
        q = QUICK_TOLERANCE * (bounds[k] + best_bound)
        s = None if sums is None else sums[:, k] + best_sum
        line = Lead(*sides(lead, s, q), lead, s)
        best_bound = max(best_bound, bounds[k])
        starts, corners, _ = partition.rings()
        up = np.logical_or.reduceat(line.above.take(corners), starts)
        down = np.logical_or.reduceat(line.below.take(corners), starts)
        faces = np.flatnonzero(up&down)
        cut = cut_along(partition, faces, line) if len(faces) else None
        if cut is not None:
            if sums is not None:
                loose = slack(cut, line, partition)
                change = np.abs(logits.take(cut.heads,0)-logits.take(cut.tails,0))*loose[:,None]
                sums = np.concatenate([sums, cut.between(sums)+change])
                best_sum = np.concatenate([best_sum, cut.between(best_sum)])
            logits = np.concatenate([logits, cut.between(logits)])
            best = np.concatenate([best, cut.between(best)])
            label = np.append(label, label[cut.kept]); region = np.append(region, region[cut.kept])
            n=len(cut.tails)
            line.above=np.append(line.above,np.zeros(n,bool)); line.below=np.append(line.below,np.zeros(n,bool))
        starts, corners, _ = partition.rings()
        up = np.logical_or.reduceat(line.above.take(corners), starts)
        down = np.logical_or.reduceat(line.below.take(corners), starts)
        label[up] = k
        tied = ~up & ~down
        label[tied] = np.minimum(label[tied], k)
        on = ~line.above & ~line.below
        if best_sum is not None:
            mine = on & (sums[:, k] < best_sum)
            best[mine] = logits[mine, k]; best_sum[mine] = sums[mine, k]
            other = on & ~mine
            logits[other, k] = best[other]; sums[other, k] = best_sum[other]
        wins = line.above
        best = np.where(wins, logits[:, k], best)
        if best_sum is not None: best_sum = np.where(wins, sums[:, k], best_sum)
    return label, region, logits, sums
