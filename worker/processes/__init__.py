"""Run the processes of this machine: start, watch and stop them."""
