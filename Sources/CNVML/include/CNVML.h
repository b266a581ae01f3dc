// What Joulebench uses of the NVIDIA Management Library, declared here in its own words from the published API reference.
//
// Nothing links against the library: it comes with the driver, so it is opened by name at run time, and every function may be
// missing. The layouts are those of the 64-bit ABI; nvml.c checks their sizes when it is compiled.
#ifndef JOULEBENCH_CNVML_H
#define JOULEBENCH_CNVML_H

#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define JB_OPTIONAL _Nullable
#define JB_PRESENT _Nonnull
#else
#define JB_OPTIONAL
#define JB_PRESENT
#endif

/// A GPU, or a MIG slice of one, as the library knows it.
typedef struct jb_nvml_device *jb_nvml_device;

/// What a call returns. The codes are part of the library's stable interface.
enum {
    JB_NVML_SUCCESS = 0,
    JB_NVML_UNINITIALIZED = 1,
    JB_NVML_INVALID_ARGUMENT = 2,
    JB_NVML_NOT_SUPPORTED = 3,
    JB_NVML_NO_PERMISSION = 4,
    JB_NVML_NOT_FOUND = 6,
    JB_NVML_INSUFFICIENT_SIZE = 7,
    JB_NVML_DRIVER_NOT_LOADED = 9,
    JB_NVML_TIMEOUT = 10,
    JB_NVML_LIBRARY_NOT_FOUND = 12,
    /// Also what Joulebench says for a function that the loaded library lacks.
    JB_NVML_FUNCTION_NOT_FOUND = 13,
    JB_NVML_GPU_IS_LOST = 15,
    JB_NVML_RESET_REQUIRED = 16,
    JB_NVML_LIB_RM_VERSION_MISMATCH = 18,
    JB_NVML_ARGUMENT_VERSION_MISMATCH = 25,
    JB_NVML_DEPRECATED = 26,
    JB_NVML_GPU_NOT_FOUND = 28,
    JB_NVML_UNKNOWN = 999,
};

/// Field ids and scopes of nvmlDeviceGetFieldValues.
enum {
    /// Power in milliwatts, the mean of up to the last second.
    JB_NVML_FIELD_POWER_AVERAGE = 185,
    /// Power in milliwatts at the sensor's last update.
    JB_NVML_FIELD_POWER_INSTANT = 186,
    JB_NVML_SCOPE_GPU = 0,
    JB_NVML_SCOPE_MODULE = 1,
};

enum { JB_NVML_CLOCK_SM = 1, JB_NVML_CLOCK_MEMORY = 2, JB_NVML_SENSOR_GPU = 0 };

/// Which member of a field's value is set.
enum {
    JB_NVML_VALUE_DOUBLE = 0,
    JB_NVML_VALUE_UNSIGNED_INT = 1,
    JB_NVML_VALUE_UNSIGNED_LONG = 2,
    JB_NVML_VALUE_UNSIGNED_LONG_LONG = 3,
    JB_NVML_VALUE_SIGNED_LONG_LONG = 4,
    JB_NVML_VALUE_SIGNED_INT = 5,
    JB_NVML_VALUE_UNSIGNED_SHORT = 6,
};

typedef union {
    double real;
    uint32_t word;
    uint64_t wide;
    int64_t signed_wide;
    int32_t signed_word;
    uint16_t half;
} jb_nvml_value;

/// One field that is asked for, and its answer with a status of its own.
typedef struct {
    uint32_t field;
    uint32_t scope;
    /// Microseconds since 1970 at which the driver took the value.
    int64_t unix_microseconds;
    int64_t latency_microseconds;
    uint32_t kind;
    int32_t result;
    jb_nvml_value value;
} jb_nvml_field;

typedef struct {
    char short_bus_id[16];
    uint32_t domain, bus, slot, device_id, subsystem_id;
    char bus_id[32];
} jb_nvml_pci;

/// Per cent of the last sampling period.
typedef struct {
    uint32_t gpu, memory;
} jb_nvml_utilization;

/// Bytes; `used` includes what the driver keeps for itself.
typedef struct {
    uint64_t total, free, used;
} jb_nvml_memory;

/// Bytes; `used` without the driver's own `reserved`.
typedef struct {
    uint32_t version;
    uint64_t total, reserved, free, used;
} jb_nvml_memory_2;

/// The size of the structure in the low 24 bits, its version above them.
#define JB_NVML_MEMORY_2_VERSION 0x02000028u

typedef struct {
    uint32_t pid;
    uint64_t memory_bytes;
    uint32_t gpu_instance, compute_instance;
} jb_nvml_process;

/// The library's functions. Each is NULL where the loaded library does not have it.
typedef struct {
    int32_t (*JB_OPTIONAL init)(void);
    int32_t (*JB_OPTIONAL shutdown)(void);
    const char *JB_OPTIONAL (*JB_OPTIONAL error_string)(int32_t result);
    int32_t (*JB_OPTIONAL driver_version)(char *text, uint32_t size);
    int32_t (*JB_OPTIONAL cuda_version)(int32_t *version);

    int32_t (*JB_OPTIONAL count)(uint32_t *count);
    int32_t (*JB_OPTIONAL device_at)(uint32_t index, jb_nvml_device JB_OPTIONAL *JB_PRESENT device);
    int32_t (*JB_OPTIONAL uuid)(jb_nvml_device device, char *text, uint32_t size);
    int32_t (*JB_OPTIONAL name)(jb_nvml_device device, char *text, uint32_t size);
    int32_t (*JB_OPTIONAL pci)(jb_nvml_device device, jb_nvml_pci *pci);
    int32_t (*JB_OPTIONAL vbios)(jb_nvml_device device, char *text, uint32_t size);
    int32_t (*JB_OPTIONAL cores)(jb_nvml_device device, uint32_t *count);
    int32_t (*JB_OPTIONAL compute_capability)(jb_nvml_device device, int32_t *major, int32_t *minor);
    int32_t (*JB_OPTIONAL persistence)(jb_nvml_device device, uint32_t *enabled);
    int32_t (*JB_OPTIONAL ecc)(jb_nvml_device device, uint32_t *current, uint32_t *pending);
    int32_t (*JB_OPTIONAL processes)(jb_nvml_device device, uint32_t *count, jb_nvml_process *JB_OPTIONAL list);
    /// Fills `count` words with the processors that lie next to the device, a bit for each.
    int32_t (*JB_OPTIONAL cpu_affinity)(jb_nvml_device device, uint32_t count, unsigned long *words);

    int32_t (*JB_OPTIONAL mig_mode)(jb_nvml_device device, uint32_t *current, uint32_t *pending);
    int32_t (*JB_OPTIONAL mig_limit)(jb_nvml_device device, uint32_t *count);
    int32_t (*JB_OPTIONAL mig_at)(jb_nvml_device device, uint32_t index, jb_nvml_device JB_OPTIONAL *JB_PRESENT slice);

    int32_t (*JB_OPTIONAL total_energy)(jb_nvml_device device, unsigned long long *millijoules);
    int32_t (*JB_OPTIONAL power_usage)(jb_nvml_device device, uint32_t *milliwatts);
    int32_t (*JB_OPTIONAL fields)(jb_nvml_device device, int32_t count, jb_nvml_field *fields);
    int32_t (*JB_OPTIONAL utilization)(jb_nvml_device device, jb_nvml_utilization *percent);
    int32_t (*JB_OPTIONAL memory)(jb_nvml_device device, jb_nvml_memory *bytes);
    int32_t (*JB_OPTIONAL memory_2)(jb_nvml_device device, jb_nvml_memory_2 *bytes);
    int32_t (*JB_OPTIONAL temperature)(jb_nvml_device device, uint32_t sensor, uint32_t *celsius);
    int32_t (*JB_OPTIONAL clock)(jb_nvml_device device, uint32_t clock, uint32_t *megahertz);
    int32_t (*JB_OPTIONAL clock_limit)(jb_nvml_device device, uint32_t clock, uint32_t *megahertz);
    int32_t (*JB_OPTIONAL power_limit)(jb_nvml_device device, uint32_t *milliwatts);
    int32_t (*JB_OPTIONAL power_limit_range)(jb_nvml_device device, uint32_t *lowest, uint32_t *highest);
    int32_t (*JB_OPTIONAL clock_reasons)(jb_nvml_device device, unsigned long long *mask);
} jb_nvml;

/// Opens the library of that name or path and looks its functions up, each once.
///
/// Returns 1 and fills `table`, or 0 and writes the loader's words to `error`. The library stays mapped until the process ends.
int jb_nvml_open(const char *name, jb_nvml *table, char *error, uint32_t error_size);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
