tierbench: hidden.json: has nothing to draw: no latency under load, no ratio, no matrix, as figures of an emulator are not told
