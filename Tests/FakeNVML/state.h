// The stand-in's one machine: what it was set up as, since when it runs, and the way into every call.
#ifndef FAKE_NVML_STATE_H
#define FAKE_NVML_STATE_H

#include "settings.h"

typedef struct nvmlDevice_st *nvmlDevice_t;

enum {
    SUCCESS = 0,
    UNINITIALIZED = 1,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NO_PERMISSION = 4,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    GPU_IS_LOST = 15,
    UNKNOWN = 999,
};

extern fake_settings fake FAKE_HIDDEN;

/// Start and end of the library's use, counted as the real one counts them.
FAKE_HIDDEN int fake_start(void);
FAKE_HIDDEN int fake_stop(void);
/// Whether settings were read, by a start or otherwise; reads them if not.
FAKE_HIDDEN void fake_ensure_settings(void);

/// The status with which a call on a device begins: uninitialised, a wrong handle, a lost device, or success.
FAKE_HIDDEN int fake_enter(nvmlDevice_t device);
/// The same for a call that reads a sensor: it takes its time and may fail. A slice has no sensors.
FAKE_HIDDEN int fake_enter_reading(nvmlDevice_t device);
FAKE_HIDDEN int fake_running(void);
/// Nanoseconds since the first start.
FAKE_HIDDEN int64_t fake_age_ns(void);

/// Joules on the device's counter, watts at its last update, and the mean of the second before that.
FAKE_HIDDEN double fake_counter_joules(nvmlDevice_t device);
FAKE_HIDDEN double fake_instant_watts(nvmlDevice_t device);
FAKE_HIDDEN double fake_average_watts(nvmlDevice_t device);
/// Watts of the module around the GPU at the last update.
FAKE_HIDDEN double fake_module_watts(nvmlDevice_t device);

#endif
