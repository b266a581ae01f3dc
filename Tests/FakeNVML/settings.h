// What the stand-in pretends to be, read from NAME=VALUE settings.
#ifndef FAKE_NVML_SETTINGS_H
#define FAKE_NVML_SETTINGS_H

#include <stdint.h>

#include "wave.h"

enum { FAKE_MOST_DEVICES = 16, FAKE_MOST_PROCESSES = 32, FAKE_MOST_SLICES = 7 };

/// What a device refuses to tell.
enum {
    FAKE_NO_UTILIZATION = 1,
    FAKE_NO_MEMORY = 2,
    FAKE_NO_TEMPERATURE = 4,
    FAKE_NO_CLOCKS = 8,
    FAKE_NO_LIMIT = 16,
    FAKE_NO_REASONS = 32,
    FAKE_NO_PROCESSES = 64,
};

struct nvmlDevice_st {
    /// -1 for a whole GPU, else the number of the slice.
    int slice;
    int index;
    char uuid[96];
    char name[96];
    fake_wave wave;
    /// The power of the module that the GPU is on, and which module that is; absent on a plain board.
    fake_wave module_wave;
    int has_module, socket;
    /// Nanoseconds after NVML was initialised; negative means never.
    int64_t lost_after_ns;
    int slices;
    uint32_t processes[FAKE_MOST_PROCESSES];
    /// Nanoseconds after NVML was initialised between which each computes; never ends where negative.
    int64_t process_from_ns[FAKE_MOST_PROCESSES], process_until_ns[FAKE_MOST_PROCESSES];
    int process_count;
};

typedef struct {
    int count;
    struct nvmlDevice_st devices[FAKE_MOST_DEVICES];
    struct nvmlDevice_st slices[FAKE_MOST_DEVICES][FAKE_MOST_SLICES];
    int64_t update_ns, update_phase_ns, reset_after_ns, read_ns;
    int counter, instant_field, average_field, module_field, legacy, legacy_average;
    double failing_reads;
    uint64_t seed;
    int init_result;
    int utilization;
    uint64_t throttle, memory_used;
    double limit_watts;
    /// The SM clock, and what it is after some nanoseconds; never changes where negative.
    uint32_t sm_megahertz, later_sm_megahertz;
    int64_t later_sm_ns;
    unsigned refusals;
} fake_settings;

/// Reads everything; `text` replaces the environment where it is not NULL.
FAKE_HIDDEN void fake_settings_read(const char *text, fake_settings *settings);

#endif
