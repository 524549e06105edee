"""tiered-commission as `attain bench` binds it, in plain Python with exact integers, or in numpy's int64.

In:  argv: `python` or `numpy`, the folder with a file of little-endian 64-bit integers a column, rounds.
Out: JSON: rows, nanoseconds of each round, the SHA-256 of commission, attainment, rate and tier.
"""
import hashlib, json, sys, time
from array import array

NONE = -(1 << 63)
NAMES = ["credit", "credit_to_date", "target", "rate_multiplier", "factor", "gate_numerator", "gate_denominator"]
# Edges in hundredths of the target, rates in hundredths; behind a closed gate no rate is above 0.04.
EDGES = [0, 50, 80, 100, 125]
OPEN = [2, 4, 6, 9, 12]
CLOSED = [2, 4, 4, 4, 4]
FLOOR, CAP = 10_000, 5_000_000


def half_up(n, d):
    """n / d, rounded half away from zero; d is above zero."""
    size = (2 * abs(n) + d) // (2 * d)
    return size if n >= 0 else -size


def slices(start, end, target, rates):
    pay = 0
    for tier, rate in enumerate(rates):
        low = max(EDGES[tier] * target, start)
        high = min(EDGES[tier + 1] * target, end) if tier + 1 < len(rates) else end
        if high > low:
            pay += (high - low) * rate
    return pay


def row(credit, to_date, target, multiplier, factor, won, closed):
    reach = credit if to_date == NONE else to_date
    has_target = target != NONE and target > 0
    attainment = half_up(reach * 1_000_000, target) if has_target else NONE
    is_open = won != NONE and closed not in (NONE, 0) and 10 * won >= 3 * closed
    rates = OPEN if is_open else CLOSED
    if not has_target:
        return 0, attainment, NONE, NONE
    tier = sum(1 for edge in EDGES if reach * 100 >= edge * target) - 1
    before = reach - credit
    start, end = min(before, reach) * 100, max(before, reach) * 100
    n, d = slices(start, end, target, rates), 10_000
    if before > reach:
        n = -n
    if multiplier != NONE:
        n, d = n * multiplier, d * 10_000
    if factor != NONE:
        n, d = n * factor, d * 10_000
    pay = min(max(half_up(n, d), FLOOR), CAP)
    if tier < 0:
        return pay, attainment, NONE, NONE
    return pay, attainment, rates[tier] * 10_000, tier + 1


def plain(columns):
    rows = [row(*cells) for cells in zip(*columns)]
    return [list(column) for column in zip(*rows)]


def vectors(np, columns):
    credit, to_date, target, multiplier, factor, won, closed = columns
    reach = np.where(to_date == NONE, credit, to_date)
    has_target = target > 0
    per = np.where(has_target, target, 1)

    def rounded(n, d):
        size = (2 * np.abs(n) + d) // (2 * d)
        return np.where(n >= 0, size, -size)

    attainment = np.where(has_target, rounded(reach * 1_000_000, per), NONE)
    is_open = (won != NONE) & (closed > 0) & (10 * won >= 3 * closed)
    before = reach - credit
    start, end = np.minimum(before, reach) * 100, np.maximum(before, reach) * 100
    pay = np.zeros_like(credit)
    tier = np.zeros_like(credit)
    for i, edge in enumerate(EDGES):
        high = np.minimum(EDGES[i + 1] * per, end) if i + 1 < len(EDGES) else end
        slice_ = np.maximum(high - np.maximum(edge * per, start), 0)
        pay += slice_ * np.where(is_open, OPEN[i], CLOSED[i])
        tier += reach * 100 >= edge * per
    pay = np.where(before > reach, -pay, pay)
    # 10,500 of 10,000 is 105 of 100: int64 has no room for more, and wouldn't say so.
    has_multiplier, has_factor = multiplier != NONE, factor != NONE
    n = pay * np.where(has_multiplier, multiplier // 100, 100) * np.where(has_factor, factor, 10_000)
    pay = np.clip(rounded(n, np.int64(10_000 * 100 * 10_000)), FLOOR, CAP)
    rates = np.where(is_open, np.array([0] + OPEN)[tier], np.array([0] + CLOSED)[tier])
    below = ~has_target | (tier == 0)
    return [
        np.where(has_target, pay, 0),
        attainment,
        np.where(below, NONE, rates * 10_000),
        np.where(below, NONE, tier),
    ]


def main():
    kind, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    columns = []
    for name in NAMES:
        column = array("q")
        with open(folder + "/" + name, "rb") as file:
            column.frombytes(file.read())
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
    if kind == "numpy":
        try:
            import numpy as np
        except ImportError:
            print(json.dumps(None))
            return
        columns = [np.array(column, dtype=np.int64) for column in columns]
        work = lambda: vectors(np, columns)
    else:
        columns = [list(column) for column in columns]
        work = lambda: plain(columns)
    times, given = [], None
    for _ in range(rounds):
        begun = time.perf_counter_ns()
        given = work()
        times.append(time.perf_counter_ns() - begun)
    digest = hashlib.sha256()
    for column in given:
        column = array("q", [int(cell) for cell in column])
        if sys.byteorder == "big":
            column.byteswap()
        digest.update(column.tobytes())
    print(json.dumps({"rows": len(columns[0]), "wall_ns": times, "outputs": digest.hexdigest()}))


main()
