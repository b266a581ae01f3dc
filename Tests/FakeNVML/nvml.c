// The names under which the real library exports its functions, as far as Joulebench, pynvml, Zeus and CodeCarbon call them.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "state.h"

#define ENTER(device) \
    do { \
        int status_ = fake_enter(device); \
        if (status_ != SUCCESS) return status_; \
    } while (0)
#define ENTER_READING(device, refusal) \
    do { \
        int status_ = fake_enter_reading(device); \
        if (status_ != SUCCESS) return status_; \
        if (fake.refusals & (refusal)) return NOT_SUPPORTED; \
    } while (0)

typedef struct {
    char short_bus_id[16];
    uint32_t domain, bus, slot, device_id, subsystem_id;
    char bus_id[32];
} pci_info;
typedef struct {
    uint32_t gpu, memory;
} utilization_rates;
typedef struct {
    uint64_t total, free, used;
} memory_info;
typedef struct {
    uint32_t version;
    uint64_t total, reserved, free, used;
} memory_info_2;
typedef struct {
    uint32_t pid;
    uint64_t memory;
    uint32_t gpu_instance, compute_instance;
} process_info;
typedef struct {
    uint32_t field, scope;
    int64_t timestamp, latency;
    uint32_t kind;
    int32_t result;
    union {
        double real;
        uint32_t word;
        uint64_t wide;
    } value;
} field_value;
typedef struct {
    uint32_t version, sensor;
    int32_t celsius;
} temperature_info;

static int copy(const char *text, char *room, uint32_t size) {
    if (strlen(text) >= size) return INSUFFICIENT_SIZE;
    memcpy(room, text, strlen(text) + 1);
    return SUCCESS;
}

static uint32_t milliwatts(double watts) { return (uint32_t)(watts * 1e3 + 0.5); }

// Two names of one function share a private one: calls between exported names could be caught by another library's.

// MARK: Library

int nvmlInit_v2(void) { return fake_start(); }
int nvmlInit(void) { return fake_start(); }
int nvmlInitWithFlags(unsigned flags) { return (void)flags, fake_start(); }
int nvmlShutdown(void) { return fake_stop(); }

const char *nvmlErrorString(int code) {
    static const struct {
        int code;
        const char *words;
    } known[] = {{0, "Success"}, {1, "Uninitialized"}, {2, "Invalid Argument"}, {3, "Not Supported"}, {4, "Insufficient Permissions"},
                 {6, "Not Found"}, {7, "Insufficient Size"}, {9, "Driver Not Loaded"}, {10, "Timeout"}, {13, "Function Not Found"},
                 {15, "GPU is lost"}, {18, "Driver/library version mismatch"}};
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].code == code) return known[i].words;
    return "Unknown Error";
}

int nvmlSystemGetDriverVersion(char *text, uint32_t size) { return fake_running() ? copy("999.42.01", text, size) : UNINITIALIZED; }
int nvmlSystemGetNVMLVersion(char *text, uint32_t size) { return fake_running() ? copy("99.999.42.01", text, size) : UNINITIALIZED; }
static int cuda_version(int *version) { return fake_running() ? (*version = 13000, SUCCESS) : UNINITIALIZED; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) { return cuda_version(version); }
int nvmlSystemGetCudaDriverVersion(int *version) { return cuda_version(version); }

// MARK: Devices

static int device_count(uint32_t *count) { return fake_running() ? (*count = (uint32_t)fake.count, SUCCESS) : UNINITIALIZED; }
int nvmlDeviceGetCount_v2(uint32_t *count) { return device_count(count); }
int nvmlDeviceGetCount(uint32_t *count) { return device_count(count); }

static int device_at(uint32_t index, nvmlDevice_t *device) {
    if (!fake_running()) return UNINITIALIZED;
    if (index >= (uint32_t)fake.count) return INVALID_ARGUMENT;
    ENTER(&fake.devices[index]);
    return *device = &fake.devices[index], SUCCESS;
}
int nvmlDeviceGetHandleByIndex_v2(uint32_t index, nvmlDevice_t *device) { return device_at(index, device); }
int nvmlDeviceGetHandleByIndex(uint32_t index, nvmlDevice_t *device) { return device_at(index, device); }

int nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
    if (!fake_running()) return UNINITIALIZED;
    for (int i = 0; i < fake.count; i++) {
        if (strcmp(fake.devices[i].uuid, uuid) == 0) return *device = &fake.devices[i], SUCCESS;
        for (int j = 0; j < fake.devices[i].slices; j++)
            if (strcmp(fake.slices[i][j].uuid, uuid) == 0) return *device = &fake.slices[i][j], SUCCESS;
    }
    return NOT_FOUND;
}

static int index_of(nvmlDevice_t device, uint32_t *index) {
    ENTER(device);
    return *index = (uint32_t)(device->slice >= 0 ? device->slice : device->index), SUCCESS;
}
int nvmlDeviceGetIndex(nvmlDevice_t device, uint32_t *index) { return index_of(device, index); }
int nvmlDeviceGetMinorNumber(nvmlDevice_t device, uint32_t *number) { return index_of(device, number); }

int nvmlDeviceGetUUID(nvmlDevice_t device, char *text, uint32_t size) {
    ENTER(device);
    return copy(device->uuid, text, size);
}

int nvmlDeviceGetName(nvmlDevice_t device, char *text, uint32_t size) {
    ENTER(device);
    return copy(device->name, text, size);
}

int nvmlDeviceGetVbiosVersion(nvmlDevice_t device, char *text, uint32_t size) {
    ENTER(device);
    return copy("96.00.99.00.01", text, size);
}

int nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, pci_info *info) {
    ENTER(device);
    memset(info, 0, sizeof *info);
    info->bus = (uint32_t)(0x1b + device->index);
    info->device_id = 0x233510deu;
    snprintf(info->short_bus_id, sizeof info->short_bus_id, "0000:%02X:00.0", info->bus);
    snprintf(info->bus_id, sizeof info->bus_id, "00000000:%02X:00.0", info->bus);
    return SUCCESS;
}

int nvmlDeviceGetNumGpuCores(nvmlDevice_t device, uint32_t *count) {
    ENTER(device);
    return *count = 16896, SUCCESS;
}

int nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    ENTER(device);
    return *major = 9, *minor = 0, SUCCESS;
}

/// Hopper.
int nvmlDeviceGetArchitecture(nvmlDevice_t device, uint32_t *architecture) {
    ENTER(device);
    return *architecture = 9, SUCCESS;
}

int nvmlDeviceGetComputeMode(nvmlDevice_t device, uint32_t *mode) {
    ENTER(device);
    return *mode = 0, SUCCESS;
}

int nvmlDeviceGetPersistenceMode(nvmlDevice_t device, uint32_t *mode) {
    ENTER(device);
    return *mode = 1, SUCCESS;
}

int nvmlDeviceGetEccMode(nvmlDevice_t device, uint32_t *current, uint32_t *pending) {
    ENTER(device);
    return *current = *pending = 1, SUCCESS;
}

int nvmlDeviceGetCpuAffinity(nvmlDevice_t device, uint32_t count, unsigned long *words) {
    ENTER(device);
    if (device->socket < 0) return NOT_SUPPORTED;
    memset(words, 0, count * sizeof *words);
    return words[device->socket] = ~0ul, SUCCESS;
}

// MARK: Slices

int nvmlDeviceGetMigMode(nvmlDevice_t device, uint32_t *current, uint32_t *pending) {
    ENTER(device);
    return *current = *pending = device->slices > 0, SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, uint32_t *count) {
    ENTER(device);
    return *count = FAKE_MOST_SLICES, SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, uint32_t index, nvmlDevice_t *slice) {
    ENTER(device);
    if (index >= (uint32_t)device->slices) return NOT_FOUND;
    return *slice = &fake.slices[device->index][index], SUCCESS;
}

int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(nvmlDevice_t slice, nvmlDevice_t *device) {
    ENTER(slice);
    return *device = &fake.devices[slice->index], SUCCESS;
}

int nvmlDeviceIsMigDeviceHandle(nvmlDevice_t device, uint32_t *answer) {
    ENTER(device);
    return *answer = device->slice >= 0, SUCCESS;
}

// MARK: Energy and power

int nvmlDeviceGetTotalEnergyConsumption(nvmlDevice_t device, unsigned long long *millijoules) {
    ENTER_READING(device, 0);
    if (!fake.counter) return NOT_SUPPORTED;
    return *millijoules = (unsigned long long)(fake_counter_joules(device) * 1e3), SUCCESS;
}

int nvmlDeviceGetPowerUsage(nvmlDevice_t device, uint32_t *power) {
    ENTER_READING(device, 0);
    if (!fake.legacy) return NOT_SUPPORTED;
    return *power = milliwatts(fake.legacy_average ? fake_average_watts(device) : fake_instant_watts(device)), SUCCESS;
}

int nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, field_value *values) {
    ENTER_READING(device, 0);
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    for (int i = 0; i < count; i++) {
        field_value *value = &values[i];
        int instant = value->field == 186 && fake.instant_field, average = value->field == 185 && fake.average_field;
        value->timestamp = (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
        value->latency = 0;
        value->value.wide = 0;
        value->result = SUCCESS;
        if (value->field == 83 && fake.counter) {
            value->kind = 3;
            value->value.wide = (uint64_t)(fake_counter_joules(device) * 1e3);
        } else if ((instant || average) && value->scope == 0) {
            value->kind = 1;
            value->value.word = milliwatts(instant ? fake_instant_watts(device) : fake_average_watts(device));
        } else if (value->field == 186 && fake.module_field && value->scope == 1 && device->has_module) {
            value->kind = 1;
            value->value.word = milliwatts(fake_module_watts(device));
        } else {
            value->result = NOT_SUPPORTED;
        }
    }
    return SUCCESS;
}

int nvmlDeviceGetPowerManagementMode(nvmlDevice_t device, uint32_t *mode) {
    ENTER(device);
    return *mode = 1, SUCCESS;
}

static int power_limit(nvmlDevice_t device, uint32_t *limit) {
    ENTER_READING(device, FAKE_NO_LIMIT);
    return *limit = milliwatts(fake.limit_watts), SUCCESS;
}
int nvmlDeviceGetEnforcedPowerLimit(nvmlDevice_t device, uint32_t *limit) { return power_limit(device, limit); }
int nvmlDeviceGetPowerManagementLimit(nvmlDevice_t device, uint32_t *limit) { return power_limit(device, limit); }
int nvmlDeviceGetPowerManagementDefaultLimit(nvmlDevice_t device, uint32_t *limit) {
    ENTER(device);
    return *limit = 700000, SUCCESS;
}

int nvmlDeviceGetPowerManagementLimitConstraints(nvmlDevice_t device, uint32_t *lowest, uint32_t *highest) {
    ENTER(device);
    return *lowest = 200000, *highest = 700000, SUCCESS;
}

// MARK: State

int nvmlDeviceGetUtilizationRates(nvmlDevice_t device, utilization_rates *rates) {
    ENTER_READING(device, FAKE_NO_UTILIZATION);
    double range = device->wave.highest - device->wave.lowest;
    double share = range > 0 ? (fake_instant_watts(device) - device->wave.lowest) / range : 1;
    rates->gpu = fake.utilization >= 0 ? (uint32_t)fake.utilization : (uint32_t)(share * 100 + 0.5);
    return rates->memory = rates->gpu / 2, SUCCESS;
}

static const uint64_t total_memory = 143771ull << 20, reserved_memory = 600ull << 20;

int nvmlDeviceGetMemoryInfo(nvmlDevice_t device, memory_info *info) {
    ENTER_READING(device, FAKE_NO_MEMORY);
    uint64_t used = fake.memory_used + reserved_memory;
    return *info = (memory_info){total_memory, total_memory - used, used}, SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, memory_info_2 *info) {
    ENTER_READING(device, FAKE_NO_MEMORY);
    if (info->version != 0x02000028) return 25;
    info->total = total_memory;
    info->reserved = reserved_memory;
    info->used = fake.memory_used;
    return info->free = total_memory - reserved_memory - fake.memory_used, SUCCESS;
}

int nvmlDeviceGetTemperature(nvmlDevice_t device, uint32_t sensor, uint32_t *celsius) {
    ENTER_READING(device, FAKE_NO_TEMPERATURE);
    return sensor == 0 ? (*celsius = 41, SUCCESS) : INVALID_ARGUMENT;
}

int nvmlDeviceGetTemperatureV(nvmlDevice_t device, temperature_info *info) {
    ENTER_READING(device, FAKE_NO_TEMPERATURE);
    return info->celsius = 41, SUCCESS;
}

int nvmlDeviceGetClockInfo(nvmlDevice_t device, uint32_t clock, uint32_t *megahertz) {
    ENTER_READING(device, FAKE_NO_CLOCKS);
    int later = fake.later_sm_ns >= 0 && fake_age_ns() >= fake.later_sm_ns;
    return *megahertz = clock == 2 ? 3201 : later ? fake.later_sm_megahertz : fake.sm_megahertz, SUCCESS;
}

int nvmlDeviceGetMaxClockInfo(nvmlDevice_t device, uint32_t clock, uint32_t *megahertz) {
    ENTER(device);
    return *megahertz = clock == 2 ? 3201 : 1980, SUCCESS;
}

static int clock_reasons(nvmlDevice_t device, unsigned long long *mask) {
    ENTER_READING(device, FAKE_NO_REASONS);
    return *mask = fake.throttle, SUCCESS;
}
int nvmlDeviceGetCurrentClocksEventReasons(nvmlDevice_t device, unsigned long long *mask) { return clock_reasons(device, mask); }
int nvmlDeviceGetCurrentClocksThrottleReasons(nvmlDevice_t device, unsigned long long *mask) { return clock_reasons(device, mask); }

int nvmlDeviceGetPerformanceState(nvmlDevice_t device, uint32_t *state) {
    ENTER(device);
    return *state = 0, SUCCESS;
}

// MARK: Processes

int nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, uint32_t *count, process_info *list) {
    ENTER_READING(device, FAKE_NO_PROCESSES);
    uint32_t room = *count;
    int64_t age = fake_age_ns();
    uint32_t there = 0;
    for (int i = 0; i < device->process_count; i++) {
        if (age < device->process_from_ns[i] || (device->process_until_ns[i] >= 0 && age >= device->process_until_ns[i])) continue;
        if (there < room) list[there] = (process_info){device->processes[i], 1ull << 30, 0xffffffffu, 0xffffffffu};
        there++;
    }
    *count = there;
    return room < there ? INSUFFICIENT_SIZE : SUCCESS;
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(nvmlDevice_t device, uint32_t *count, process_info *list) {
    ENTER(device);
    (void)list;
    return *count = 0, SUCCESS;
}

// MARK: What it does not let anyone change

int nvmlDeviceSetPowerManagementLimit(nvmlDevice_t device, uint32_t limit) { return (void)device, (void)limit, NO_PERMISSION; }
int nvmlDeviceSetPersistenceMode(nvmlDevice_t device, uint32_t mode) { return (void)device, (void)mode, NO_PERMISSION; }
