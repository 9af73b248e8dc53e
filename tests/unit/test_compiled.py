"""What `@compiled` promises about plain functions."""

import subprocess
import sys

import numpy as np

from undertow.core.compiled import compiled


@compiled
def doubled(x: float) -> float:
    """Twice x."""
    return 2.0 * x


@compiled
def doubled_sum(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += doubled(value)
    return total


def test_a_kernel_keeps_its_name_and_docstring():
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Twice x.")


def test_a_kernel_may_call_another_kernel_of_its_file():
    values = np.array([1.0, 2.5, -4.0])

    assert doubled_sum(values) == 2.0 * values.sum()


def test_a_kernel_and_its_plain_function_agree():
    assert doubled(0.3) == doubled.plain(0.3)


def test_compiling_a_compiled_function_again_is_harmless():
    assert compiled(doubled)(1.5) == 3.0


def test_defining_a_kernel_does_not_import_numba():
    program = (
        "import sys\n"
        "from undertow.core.compiled import compiled\n"
        "compiled(lambda x: x)\n"
        "print('numba' in sys.modules)"
    )
    told = subprocess.check_output([sys.executable, "-c", program], text=True)  # noqa: S603

    assert told.strip() == "False"
