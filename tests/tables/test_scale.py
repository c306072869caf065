"""Specification: a hundred thousand rows with a few faults among them; the faults are found, the rest is kept."""

from insights.sources import open_source
from insights.tables import check
from tests.tables.firms import found

N = 100_000


def test_a_fault_late_in_a_long_table_is_found(tmp_path):
    stages = [f"l{i},new,2026-01-{1 + i % 28:02d}T08:00:00,,PLN" for i in range(N)]
    stages += [f"l{i},won,2026-02-{1 + i % 28:02d}T08:00:00,{i}.50,PLN" for i in range(0, N, 4)]
    stages[60_000] = stages[60_000].replace("new", "nwe")
    stages[-1] = stages[-1].replace(".50", ".x")
    stages.append(stages[5])
    tables = {
        "companies": ["company_id,name", *(f"c{i},Company {i}" for i in range(500))],
        "leads": ["lead_id,created_at,company_id", *(f"l{i},2026-01-{1 + i % 28:02d},c{i % 500}" for i in range(N))],
        "lead_stages": ["lead_id,stage,entered_at,amount,currency", *stages],
    }
    for name, lines in tables.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = check(open_source(tmp_path))
    assert [(p.rule, p.count, p.examples[0].row) for p in result.errors] == [
        ("unknown_word", 1, 60_001),
        ("not_a_number", 1, N + N // 4),
    ]
    assert found(result, "duplicate_rows")[0].count == 1
    assert result.tables["lead_stages"].rows_kept == N + N // 4
