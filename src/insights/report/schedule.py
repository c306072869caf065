"""Several notebooks at a time, each after those it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from insights.report.execute import Executed, Kernels, execute
from insights.report.notebooks import Notebook
from insights.report.progress import Progress

TICK_SECONDS = 0.5


def execute_all(
    notebooks: Sequence[Notebook], kernels: Kernels, jobs: int, progress: Progress, *,
    values: Callable[[Notebook], Mapping[str, object]], finished: Callable[[Notebook, Executed | None], bool],
) -> None:
    """Execute the notebooks, `jobs` at a time.

    `values` is asked for a notebook's parameters when all it needs have succeeded. `finished` is told of each as soon
    as it is done, in this thread, while the others go on, and says whether it succeeded; a notebook is skipped (None)
    where one that it needs did not. However this ends, no kernel is left.
    """
    names = {notebook.name for notebook in notebooks}
    outcome: dict[str, bool] = {}
    waiting = list(notebooks)
    running: dict[Future, Notebook] = {}

    def work(notebook: Notebook, parameters: Mapping[str, object]) -> Executed:
        progress.started(notebook.name)
        return execute(notebook.path, parameters, kernels)

    with ThreadPoolExecutor(jobs, thread_name_prefix="notebook") as pool:
        try:
            while waiting or running:
                for notebook in list(waiting):
                    needs = [outcome.get(need) for need in notebook.needs if need in names]
                    if False in needs:
                        waiting.remove(notebook)
                        outcome[notebook.name] = finished(notebook, None)
                    elif all(needs):
                        waiting.remove(notebook)
                        running[pool.submit(work, notebook, values(notebook))] = notebook
                done, _ = wait(running, TICK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    notebook = running.pop(future)
                    outcome[notebook.name] = finished(notebook, future.result())
                progress.tick()
        finally:
            kernels.stop()
            pool.shutdown(wait=False, cancel_futures=True)
