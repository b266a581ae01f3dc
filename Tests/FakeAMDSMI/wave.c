// The waves of the other stand-in, compiled into this one: a target has sources of its own folder only.
#include "../FakeNVML/wave.c"
