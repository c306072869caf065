"""Themes of what customers say: entries grouped by the firm's own topic codes, and where there are none by their words.

What the firm itself says goes first: a topic code, else the roadmap item that answers the entry. The same words get the
same theme; other words the theme whose entries they are closest to; what is close to none is grouped among itself
(average linkage, cosine of term weights over character n-grams, which take inflection and typing errors lightly). Each
theme is named by its code or by the words that set it apart, and every step can be read back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from insights.models.concepts import brought_together, concepts, corrected
from insights.models.texts import words

NEAR = 0.40
"""Cosine from which a wording joins a theme that is known by its code, the next theme being APART further away."""
APART = 0.05
CLOSE = 0.35
"""Cosine from which wordings that stand together without a code join a known theme as one."""
TOGETHER = 0.13
"""Mean cosine from which entries without a code stand together."""
MAJORITY = 0.6
DIRECT = 2_000
"""Distinct wordings up to which linkage compares all pairs; above, wordings are first gathered into so many heaps."""
MOST_GRAMS = 60_000
ENOUGH = 8
"""Concepts beside a word from which it can be told whether they are the usual ones."""
FULL = 1.0
"""Divergence, in nats, from which a word counts in full."""
LEAST = 0.1
CONCEPT = 1.5
"""The weight of a word that has a concept."""
_NAME_WORDS = 3


@dataclass(frozen=True)
class Theme:
    """One theme: the firm's code for it, if it has one, the words that set it apart, the place of its entries, and
    those of its entries whose theme the firm had not coded."""

    code: str
    words: tuple[str, ...]
    entries: np.ndarray
    inferred: np.ndarray


def themes(texts: Sequence[str], codes: Sequence[str | None], items: Sequence[str | None]) -> list[Theme]:
    """The themes of the entries, the largest first; entries without a word and without a code are in none.

    `texts` are cleaned texts (empty where none was given), `codes` the firm's topics, `items` the roadmap items that
    answer the entries. Time and memory grow with the number of entries; which entries stand together does not depend
    on their order.
    """
    label = _given(codes, items)
    spoken = [words(text) for text in texts]
    meant = corrected(spoken)
    documents = [" ".join(brought_together(said, meant)) for said in spoken]
    distinct = sorted({d for d in documents if d})
    place = {d: k for k, d in enumerate(distinct)}
    of_entry = np.array([place.get(d, -1) for d in documents], dtype=np.int64)
    given = _labels_of_wordings(label, of_entry, len(distinct))
    joined = _joined(distinct, given)
    final = [own or (joined[k] if k >= 0 else None) for own, k in zip(label, of_entry, strict=True)]
    return _listed(final, label, spoken)


def _given(codes: Sequence[str | None], items: Sequence[str | None]) -> list[str | None]:
    """What the firm says of each entry: its code, else the code that most entries of its roadmap item have, else the
    item where no entry of it has a code."""
    of_item: dict[str, Counter] = {}
    for code, item in zip(codes, items, strict=True):
        if item:
            of_item.setdefault(item, Counter())
            if code:
                of_item[item][code] += 1
    known: dict[str, str | None] = {}
    for item, counted in of_item.items():
        best = max(counted.items(), key=lambda kv: (kv[1], kv[0]), default=None)
        if best is None:
            known[item] = f"item:{item}"
        else:
            known[item] = best[0] if best[1] >= MAJORITY * counted.total() else None
    return [code or (known[item] if item else None) or None for code, item in zip(codes, items, strict=True)]


def _labels_of_wordings(label: Sequence[str | None], of_entry: np.ndarray, n: int) -> list[str | None]:
    """The label that most labelled entries of each wording have."""
    counted = [Counter() for _ in range(n)]
    for own, k in zip(label, of_entry, strict=True):
        if own and k >= 0:
            counted[k][own] += 1
    found: list[str | None] = []
    for counts in counted:
        best = max(counts.items(), key=lambda kv: (kv[1], kv[0]), default=None)
        found.append(best[0] if best and best[1] >= MAJORITY * counts.total() else None)
    return found


def _joined(distinct: list[str], given: list[str | None]) -> list[str | None]:
    """A label for every wording: its own, that of the theme it is close to, or one made up for a new theme."""
    label = list(given)
    if not distinct:
        return label
    matrix = _weights(distinct)
    names = sorted({name for name in label if name})
    centres = _centres(matrix, [names.index(name) if name else -1 for name in label], len(names)) if names else None
    loose = np.array([k for k, name in enumerate(label) if name is None], dtype=np.int64)
    if names:
        for k, theme in zip(loose, _nearest(matrix[loose], centres, NEAR), strict=True):
            label[k] = names[theme] if theme >= 0 else None
    loose = np.array([k for k, name in enumerate(label) if name is None], dtype=np.int64)
    if not len(loose):
        return label
    clusters = np.unique(_clusters(matrix[loose]), return_inverse=True)[1]
    joined = np.full(clusters.max() + 1, -1)
    if names:
        joined = _nearest(_centres(matrix[loose], clusters.tolist(), len(joined)), centres, CLOSE)
    for k, cluster in zip(loose, clusters, strict=True):
        label[k] = names[joined[cluster]] if joined[cluster] >= 0 else f"words:{cluster}"
    return label


def _nearest(rows, centres, least: float) -> np.ndarray:
    """The theme that each row is nearest to, -1 where none is so near, or another nearly as near."""
    found = np.full(rows.shape[0], -1)
    for start in range(0, rows.shape[0], 4_096):
        near = np.asarray((rows[start:start + 4_096] @ centres.T).todense())
        best = near.argmax(axis=1)
        first = near[np.arange(len(near)), best]
        near[np.arange(len(near)), best] = -1.0
        second = near.max(axis=1) if near.shape[1] > 1 else np.zeros(len(near))
        found[start:start + 4_096] = np.where((first >= least) & (first - second >= APART), best, -1)
    return found


def _weights(distinct: list[str]):
    """Term weights of the wordings over character n-grams within words, each row of length one.

    A word counts by how much it tells of what a wording is about (`telling`); an n-gram once for each word it is in, of
    a word that comes several times less than as often, and the less the more wordings have it (inverse document
    frequency, smoothed, as scikit-learn has it).
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    spoken = [document.split() for document in distinct]
    known = sorted({word for said in spoken for word in said})
    place = {word: k for k, word in enumerate(known)}
    columns = np.array([place[word] for said in spoken for word in said])
    rows = np.repeat(np.arange(len(distinct)), [len(said) for said in spoken])
    said = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(distinct), len(known)))
    grams = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), dtype=np.float64).fit_transform(known)
    seen = np.asarray((said @ grams > 0).sum(axis=0), dtype=float).ravel()
    keep = np.flatnonzero(seen >= (2 if len(distinct) > DIRECT else 1))
    keep = np.sort(keep[np.argsort(-seen[keep], kind="stable")[:MOST_GRAMS]])
    weighted = (said @ sparse.diags(telling(said, known)) @ grams[:, keep]).tocsr()
    weighted.data = np.where(weighted.data > 1, 1 + np.log(np.maximum(weighted.data, 1)), weighted.data)
    rarity = np.log((1 + len(distinct)) / (1 + seen[keep])) + 1
    return normalize(weighted @ sparse.diags(rarity)).tocsr()


def telling(said, known: list[str]) -> np.ndarray:
    """How much each word tells of what wordings are about, 0 to 1 (concepts more): a word that stands with the same
    concepts as every other word (who said it, how urgent it is, a greeting) tells nothing, in whatever language.

    Measured by the Kullback-Leibler divergence of the concepts beside the word from the concepts everywhere, less what
    chance makes of so few (Miller 1955); a word that stands beside too few concepts to judge counts in full.
    """
    concept = np.array([word in concepts() for word in known])
    beside = np.asarray((said.T @ said[:, concept]).todense()) if concept.any() else np.zeros((len(known), 0))
    total = beside.sum(axis=1)
    everywhere = np.asarray(said[:, concept].sum(axis=0)).ravel()
    everywhere = everywhere / max(everywhere.sum(), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = beside / total[:, None]
        parts = np.where(share > 0, share * np.log(share / everywhere), 0.0).sum(axis=1)
    chance = ((beside > 0).sum(axis=1) - 1) / (2 * np.maximum(total, 1))
    weight = np.where(total >= ENOUGH, np.clip((parts - chance) / FULL, LEAST, 1.0), 1.0)
    return np.where(concept, CONCEPT, weight)


def _centres(matrix, of_row: list[int], n: int):
    """The mean of each theme's wordings, of length one."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    of_row = np.array(of_row)
    rows = np.flatnonzero(of_row >= 0)
    member = sparse.csr_matrix((np.ones(len(rows)), (of_row[rows], rows)), shape=(n, matrix.shape[0]))
    return normalize(member @ matrix)


def _clusters(matrix) -> np.ndarray:
    """Wordings grouped by average linkage; where they are many, heaps of near ones are linked instead of each."""
    n = matrix.shape[0]
    if n < 2:
        return np.zeros(n, dtype=np.int64)
    if n <= DIRECT:
        return _linked(np.asarray(matrix.todense()))
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    flat = normalize(TruncatedSVD(64, n_iter=3, random_state=0).fit_transform(matrix))
    heaps = MiniBatchKMeans(DIRECT // 4, batch_size=4_096, n_init=1, max_iter=20, random_state=0).fit(flat).labels_
    used, heaps = np.unique(heaps, return_inverse=True)
    middle = np.zeros((len(used), flat.shape[1]))
    np.add.at(middle, heaps, flat)
    return _linked(normalize(middle), scale=2.0)[heaps]


def _linked(rows: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Average linkage on cosines; `scale` because reduced weights lie closer to each other."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(rows) < 2:
        return np.zeros(len(rows), dtype=np.int64)
    near = np.clip(rows @ rows.T, -1, 1)
    upper = np.triu_indices(len(rows), 1)
    return fcluster(linkage(1 - near[upper], "average"), 1 - min(TOGETHER * scale, 0.9), "distance")


def _listed(final: list[str | None], label: list[str | None], spoken: list[list[str]]) -> list[Theme]:
    members: dict[str, list[int]] = {}
    for k, name in enumerate(final):
        if name:
            members.setdefault(name, []).append(k)
    everywhere = Counter(word for said in spoken for word in set(said))
    found = []
    for name, places in members.items():
        own = Counter(word for k in places for word in set(spoken[k]))
        said = sorted(own, key=lambda w: (-own[w] * np.log(1 + len(spoken) / everywhere[w]), w))[:_NAME_WORDS]
        entries = np.array(places, dtype=np.int64)
        inferred = np.array([k for k in places if label[k] is None], dtype=np.int64)
        code = "" if name.startswith(("item:", "words:")) else name
        found.append(Theme(code, tuple(said), entries, inferred))
    return sorted(found, key=lambda t: (-len(t.entries), t.code, t.words))
