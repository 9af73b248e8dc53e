bin := ".venv/bin"

# list the targets
default:
    @{{just_executable()}} --list --unsorted

# environment and hooks
setup:
    python3 -m venv .venv
    {{bin}}/pip install -e ".[dev]"
    {{bin}}/pre-commit install

# format and autofix
fmt:
    {{bin}}/ruff format .
    {{bin}}/ruff check --fix .

# format, lint, types, import contracts, spelling
lint:
    bash .ci/lint {{bin}}

# first that the command line starts, then everything; `just test tests/laws` runs a part
test *what:
    {{bin}}/undertow --version
    {{bin}}/python -m pytest {{what}}

# are the generated pages and the README's pasted output current?
docs:
    bash .ci/docs {{bin}}

# write the generated pages and the README's pasted output anew
docs-write:
    {{bin}}/python docs/_reference.py
    {{bin}}/python docs/_readme.py

# collect the texts to translate; new ones come with an empty translation
messages:
    {{bin}}/python docs/_messages.py

# every number of DESIGN 6, against the peers in the same run
bench:
    for script in bench/*.py; do {{bin}}/python "$script"; done

# sign of impact, no clearing, owner for broker: each must be killed
mutants:
    {{bin}}/python tests/mutants.py

# published results: got beside published
published:
    {{bin}}/python -m undertow.published

# exactly what CI runs, in environments of its own
check:
    bash .ci/run
