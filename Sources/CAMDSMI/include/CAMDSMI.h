// What Joulebench uses of the AMD System Management Interface library, declared here in its own words from the published API reference.
//
// Nothing links against the library: it comes with ROCm, so it is opened by name at run time, and every function may be missing. Only
// calls whose arguments are the same in every library since ROCm 6.0 are used. Of structures that have grown over the years only a
// beginning is read that has stayed where it is; rooms are larger than any version of the structure.
#ifndef JOULEBENCH_CAMDSMI_H
#define JOULEBENCH_CAMDSMI_H

#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#define JB_AMD_OPTIONAL _Nullable
#define JB_AMD_PRESENT _Nonnull
#else
#define JB_AMD_OPTIONAL
#define JB_AMD_PRESENT
#endif

/// A socket (one card or module) and a processor on it (one GPU, or one partition of it), as the library knows them.
typedef void *jb_amdsmi_socket;
typedef void *jb_amdsmi_processor;

/// What a call returns.
enum {
    JB_AMDSMI_SUCCESS = 0,
    JB_AMDSMI_INVALID = 1,
    JB_AMDSMI_NOT_SUPPORTED = 2,
    JB_AMDSMI_NOT_YET_IMPLEMENTED = 3,
    JB_AMDSMI_DRM_ERROR = 6,
    JB_AMDSMI_NO_PERMISSION = 10,
    JB_AMDSMI_BUSY = 30,
    JB_AMDSMI_NOT_FOUND = 31,
    JB_AMDSMI_NO_DATA = 40,
    /// The kernel's driver is not loaded.
    JB_AMDSMI_NO_DRIVER = 34,
    /// What Joulebench says for a function that the loaded library lacks; no code of the library's.
    JB_AMDSMI_FUNCTION_MISSING = 1000,
};

enum { JB_AMDSMI_INIT_GPUS = 1 << 1 };
enum { JB_AMDSMI_PROCESSOR_GPU = 1 };
enum { JB_AMDSMI_MEMORY_VRAM = 0 };
enum { JB_AMDSMI_TEMPERATURE_EDGE = 0, JB_AMDSMI_TEMPERATURE_HOTSPOT = 1, JB_AMDSMI_TEMPERATURE_CURRENT = 0 };
enum { JB_AMDSMI_CLOCK_GRAPHICS = 0, JB_AMDSMI_CLOCK_MEMORY = 4 };

/// Room for the versions of the structure that holds the power: 32-bit numbers of which the library's version says which is which.
typedef struct {
    uint32_t words[128];
} jb_amdsmi_power;

/// Room for the library's version. The first number is the year until ROCm 6.3 (23, 24) and the major version from 6.4 (25) on.
typedef struct {
    uint32_t first;
    uint32_t rest[31];
} jb_amdsmi_version;

/// Per cent.
typedef struct {
    uint32_t graphics, memory, media;
    uint32_t reserved[61];
} jb_amdsmi_activity;

/// Megahertz.
typedef struct {
    uint32_t now, lowest, highest;
    uint32_t reserved[61];
} jb_amdsmi_clock;

/// Microwatts; watts before ROCm 6.1.2.
typedef struct {
    uint64_t cap, usual, dpm, lowest, highest;
    uint64_t reserved[27];
} jb_amdsmi_power_cap;

/// The name comes first and ends with a zero byte in all versions.
typedef struct {
    char market_name[256];
    char rest[3840];
} jb_amdsmi_asic;

/// The library's functions. Each is NULL where the loaded library does not have it.
typedef struct {
    uint32_t (*JB_AMD_OPTIONAL init)(uint64_t flags);
    uint32_t (*JB_AMD_OPTIONAL shut_down)(void);
    uint32_t (*JB_AMD_OPTIONAL status_text)(uint32_t status, const char *JB_AMD_OPTIONAL *JB_AMD_PRESENT text);
    uint32_t (*JB_AMD_OPTIONAL version)(jb_amdsmi_version *version);

    uint32_t (*JB_AMD_OPTIONAL sockets)(uint32_t *count, jb_amdsmi_socket JB_AMD_OPTIONAL *JB_AMD_OPTIONAL sockets);
    uint32_t (*JB_AMD_OPTIONAL processors)(
        jb_amdsmi_socket socket, uint32_t *count, jb_amdsmi_processor JB_AMD_OPTIONAL *JB_AMD_OPTIONAL processors);
    uint32_t (*JB_AMD_OPTIONAL processor_type)(jb_amdsmi_processor processor, uint32_t *type);
    /// Function in the lowest 3 bits, device in 5, bus in 8, domain above.
    uint32_t (*JB_AMD_OPTIONAL bdf)(jb_amdsmi_processor processor, uint64_t *bdf);
    uint32_t (*JB_AMD_OPTIONAL uuid)(jb_amdsmi_processor processor, uint32_t *length, char *text);
    uint32_t (*JB_AMD_OPTIONAL asic)(jb_amdsmi_processor processor, jb_amdsmi_asic *asic);

    /// The accumulator times the resolution in microjoules is the energy; nanoseconds of the device's own clock.
    uint32_t (*JB_AMD_OPTIONAL energy)(jb_amdsmi_processor processor, uint64_t *accumulator, float *resolution, uint64_t *nanoseconds);
    uint32_t (*JB_AMD_OPTIONAL power)(jb_amdsmi_processor processor, jb_amdsmi_power *power);
    uint32_t (*JB_AMD_OPTIONAL power_cap)(jb_amdsmi_processor processor, uint32_t sensor, jb_amdsmi_power_cap *cap);
    uint32_t (*JB_AMD_OPTIONAL activity)(jb_amdsmi_processor processor, jb_amdsmi_activity *percent);
    uint32_t (*JB_AMD_OPTIONAL memory_used)(jb_amdsmi_processor processor, uint32_t kind, uint64_t *bytes);
    uint32_t (*JB_AMD_OPTIONAL memory_total)(jb_amdsmi_processor processor, uint32_t kind, uint64_t *bytes);
    uint32_t (*JB_AMD_OPTIONAL temperature)(jb_amdsmi_processor processor, uint32_t sensor, uint32_t metric, int64_t *celsius);
    uint32_t (*JB_AMD_OPTIONAL clock)(jb_amdsmi_processor processor, uint32_t clock, jb_amdsmi_clock *megahertz);
} jb_amdsmi;

/// Opens the library of that name or path and looks its functions up, each once.
///
/// Returns 1 and fills `table`, or 0 and writes the loader's words to `error`. The library stays mapped until the process ends.
int jb_amdsmi_open(const char *name, jb_amdsmi *table, char *error, uint32_t error_size);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#endif
