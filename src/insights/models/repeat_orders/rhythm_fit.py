"""Maximum likelihood of the classes of rhythm, with the exact gradient."""

from __future__ import annotations

import numpy as np

from insights.models.repeat_orders.fitting import covariance_of
from insights.models.repeat_orders.rhythm import Class, Gaps, Rhythm

_SAMPLE = 6_000
_CLASSES = 3
_BOUNDS = ((-1.0, 9.0), (np.log(1e-3), np.log(6.0)), (np.log(2e-4), np.log(4.0)), (-9.0, 3.0))


def fit(gaps: Gaps, like: Rhythm | None = None) -> Rhythm | None:
    """As many classes (one to three) as the criterion of Schwarz asks for, or as many as `like` has, from which the
    search then begins; None where no customer has ordered twice. Beyond 6,000 customers it is fitted on every k-th of
    them."""
    gaps = _sample(gaps)
    if not np.any(gaps.n > 0):
        return None
    if like is not None:
        return _fit(gaps, len(like.classes), _parameters(like))
    best, score = None, np.inf
    for classes in range(1, _CLASSES + 1):
        found = _fit(gaps, classes)
        criterion = 5 * classes * np.log(len(gaps.n)) - 2 * found.log_likelihood
        if criterion >= score:
            break
        best, score = found, criterion
    return best


def _sample(gaps: Gaps) -> Gaps:
    """Of very many customers every k-th; the lengths of cut intervals say little about the base, and are left out."""
    step = -(-len(gaps.n) // _SAMPLE)
    return (gaps.take(np.arange(0, len(gaps.n), step)) if step > 1 else gaps).uncut()


def uncertainty(gaps: Gaps, found: Rhythm) -> tuple[np.ndarray, np.ndarray]:
    """The parameters of a rhythm fitted on these intervals, as a vector (see `rhythm_at`), and their covariance."""
    gaps, at, classes = _sample(gaps), _parameters(found), len(found.classes)
    return at, covariance_of(lambda to: _loss(to, classes, gaps)[1] * len(gaps.n), at)


def _parameters(rhythm: Rhythm) -> np.ndarray:
    def logit(p: float) -> float:
        return float(np.log(p / (1 - p)))

    shares = np.log([one.share for one in rhythm.classes])
    return np.array([
        *(x for one in rhythm.classes
          for x in (one.centre, np.log(one.between), np.log(one.within), logit(one.leaving))),
        *(shares[:-1] - shares[-1]), logit(rhythm.first_leaving)])


def _fit(gaps: Gaps, classes: int, begin: np.ndarray | None = None) -> Rhythm:
    from scipy.optimize import minimize

    bounds = [*(_BOUNDS * classes), *([(-6.0, 6.0)] * (classes - 1)), (-9.0, 4.0)]
    start = np.clip(_start(gaps, classes) if begin is None else begin, *np.array(bounds).T)
    found = minimize(lambda at: _loss(at, classes, gaps), start, jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 300, "ftol": 1e-10})
    return rhythm_at(found.x, classes, -float(found.fun) * len(gaps.n))


def _start(gaps: Gaps, classes: int) -> np.ndarray:
    """Classes begin with the customers' means, and with scatters spread over the scatters seen."""
    again, often = gaps.n > 0, gaps.n > 2
    means = gaps.logs[again] / gaps.n[again]
    seen = gaps.scatter[often] / (gaps.n[often] - 1) if often.any() else np.array([0.3])
    scatters = np.quantile(seen, np.linspace(0.15, 0.85, classes)) if classes > 1 else np.array([np.median(seen)])
    between = np.log(np.clip(means.var(), 0.05, 4.0))
    parts = [(means.mean(), between, np.log(max(scatter, 1e-3)), -3.5) for scatter in scatters]
    return np.array([*np.ravel(parts), *np.zeros(classes - 1), -1.0])


def rhythm_at(at: np.ndarray, classes: int, log_likelihood: float = np.nan) -> Rhythm:
    """The rhythm of a vector of parameters: for each class its centre, the logarithms of its two variances and the
    logit of leaving; then the log shares of all classes but the last against it; then the logit of leaving first."""
    parts = at[:4 * classes].reshape(classes, 4)
    weights = np.exp(np.append(at[4 * classes:-1], 0.0))
    found = tuple(
        Class(float(centre), float(np.exp(between)), float(np.exp(within)), float(1 / (1 + np.exp(-leaving))),
              float(share))
        for (centre, between, within, leaving), share in zip(parts, weights / weights.sum(), strict=True))
    return Rhythm(found, float(1 / (1 + np.exp(-at[-1]))), log_likelihood)


def _loss(at: np.ndarray, classes: int, gaps: Gaps) -> tuple[float, np.ndarray]:
    """Minus the mean log-likelihood and its gradient."""
    rhythm = rhythm_at(at, classes)
    logs, slopes, first = zip(*(_of_class(one, rhythm.first_leaving, gaps) for one in rhythm.classes), strict=True)
    table = np.column_stack(logs)
    whole = np.logaddexp.reduce(table, axis=1)
    share = np.exp(table - whole[:, None])
    gradient = np.concatenate([
        *(share[:, k] @ slopes[k] for k in range(classes)),
        (share - [one.share for one in rhythm.classes]).sum(axis=0)[:-1],
        [sum(share[:, k] @ first[k] for k in range(classes))]])
    return -float(whole.mean()), -gradient / len(gaps.n)


def _of_class(one: Class, first: float, gaps: Gaps) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log of share times likelihood of each customer, its slopes by the class's four parameters (columns), and by the
    logit of leaving first."""
    c, b, w, p = one.centre, one.between, one.within, one.leaving
    n, some, more, again, once = gaps.n, gaps.n > 0, np.maximum(gaps.n - 1, 0), gaps.again, gaps.first_stayed
    total, mean = w + n * b, gaps.logs / np.maximum(n, 1)
    off = n * (mean - c)
    own = one.own(gaps)
    z = (own.centre - np.log(np.maximum(gaps.silence, 0.5))) / own.scale
    beyond = own.beyond(gaps.silence)
    leaves = np.where(again, p, first)
    known = (1 - leaves) * beyond + leaves
    logs = (np.log(one.share) + one.log_likelihood(gaps) + np.where(once, np.log1p(-first), 0.0) + np.log(known))
    push = (1 - leaves) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi) / known / own.scale
    bend = z / (2 * own.scale)
    slopes = np.column_stack([
        off / total + push * w / total,
        b * (-0.5 * (n / total - (off / total) ** 2) + push * (
            (gaps.logs - own.centre * n) / total - bend * (w / total) ** 2)),
        w * (np.where(some, -0.5 * (more / w + 1 / total - gaps.scatter / w**2 - off**2 / np.maximum(n, 1) / total**2),
                      0.0)
             + push * ((c - own.centre) / total - bend * (1 + n * (b / total) ** 2))),
        p * (1 - p) * np.where(again, (1 - beyond) / known - gaps.stayed / (1 - p), 0.0)])
    slopes[~some, 1] = (b * push * -bend)[~some]
    return logs, slopes, first * (1 - first) * np.where(
        once, -1 / (1 - first), np.where(again, 0.0, (1 - beyond) / known))
