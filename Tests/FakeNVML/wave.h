// Power as a function of time: straight pieces that repeat, so that its integral is exact.
#ifndef FAKE_NVML_WAVE_H
#define FAKE_NVML_WAVE_H

#include <stdint.h>

#define FAKE_HIDDEN __attribute__((visibility("hidden")))
enum { FAKE_MOST_PIECES = 32 };

typedef struct {
    double seconds, start_watts, end_watts;
} fake_piece;

typedef struct {
    fake_piece pieces[FAKE_MOST_PIECES];
    int count;
    /// Second of the monotonic clock at which a repetition begins.
    double phase;
    double period, joules_per_period, lowest, highest;
} fake_wave;

/// Reads `constant:300`, `square:low=100,high=500,period=0.7,phase=0.1,duty=0.5`, `ramp:low=100,high=500,period=2,phase=0` (up, then
/// back at once), `triangle:` (the same keys; up, then down) or `steps:100/300/200,each=2,phase=0`. Returns 0 for anything else.
FAKE_HIDDEN int fake_wave_parse(const char *text, fake_wave *wave);
FAKE_HIDDEN double fake_wave_watts(const fake_wave *wave, int64_t ns);
/// Joules since second 0 of the monotonic clock.
FAKE_HIDDEN double fake_wave_joules(const fake_wave *wave, int64_t ns);

#endif
