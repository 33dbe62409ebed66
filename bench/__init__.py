"""What `./run bench` measures, and the long exercises of `./run drill`."""
