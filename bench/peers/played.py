"""What both peers have in common: read the input, play it so often, print answer and seconds."""

import json
import sys
import time

import numpy as np


def main(cascade, threads):
    """Usage of a peer: SCRIPT given.npz REPEATS."""
    given = dict(np.load(sys.argv[1]))
    walls, cpus = [], []
    for _ in range(int(sys.argv[2])):
        model = cascade(given)
        wall, cpu = time.perf_counter(), time.process_time()
        model.run_model()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    answer = {"prices": list(map(float, model.prices)), "rounds": model.rounds}
    print(json.dumps({**answer, "wall_s": walls, "cpu_s": cpus, "threads": threads}))
