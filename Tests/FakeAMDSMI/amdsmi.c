// The names under which the real library exports its functions, as far as Joulebench calls them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../FakeNVML/wave.h"
#include "FakeAMDSMI.h"

enum { MOST_GPUS = 8, MOST_TEXT = 1024 };
enum { SUCCESS = 0, INVALID = 1, NOT_SUPPORTED = 2, NOT_FOUND = 31, NOT_INIT = 32 };

// A handle is the address of one of these: sockets[i] is GPU i, processors[i][0] its whole, the others its partitions.
static struct {
    int index;
} sockets[MOST_GPUS], processors[MOST_GPUS][8];

static struct {
    int running, read_once, count, partitions, generation, counter, current, average, lost, init;
    int64_t update_ns;
    fake_wave waves[MOST_GPUS];
} fake;
static char override_text[MOST_TEXT];
static int has_override;

static const char *setting(const char *name, const char *otherwise, char *room) {
    if (!has_override) {
        char full[64];
        snprintf(full, sizeof full, "FAKE_AMDSMI_%s", name);
        const char *found = getenv(full);
        return found != NULL ? found : otherwise;
    }
    size_t length = strlen(name);
    for (const char *line = override_text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, "FAKE_AMDSMI_", 12) != 0 || strncmp(line + 12, name, length) != 0 || line[12 + length] != '=') continue;
        const char *start = line + 12 + length + 1;
        size_t size = strcspn(start, "\n");
        memcpy(room, start, size);
        room[size] = '\0';
        return room;
    }
    return otherwise;
}

static double number(const char *name, double otherwise) {
    char room[MOST_TEXT];
    const char *found = setting(name, NULL, room);
    return found == NULL || *found == '\0' ? otherwise : strtod(found, NULL);
}

static int is(const char *name, const char *otherwise, const char *word) {
    char room[MOST_TEXT];
    return strcmp(setting(name, otherwise, room), word) == 0;
}

static void read_settings(void) {
    char room[MOST_TEXT], piece[MOST_TEXT];
    fake.count = (int)number("DEVICES", 1);
    if (fake.count > MOST_GPUS) fake.count = MOST_GPUS;
    fake.partitions = (int)number("PARTITIONS", 0);
    if (fake.partitions > 7) fake.partitions = 7;
    fake.generation = (int)number("GENERATION", 26);
    fake.counter = !is("COUNTER", "on", "off");
    fake.current = is("POWER", "current", "current") || is("POWER", "current", "both");
    fake.average = is("POWER", "current", "average") || is("POWER", "current", "both");
    fake.lost = (int)number("LOST", -1);
    fake.init = (int)number("INIT", 0);
    fake.update_ns = (int64_t)(number("UPDATE_MS", 10) * 1e6);
    const char *list = setting("WAVE", "constant:300", room);
    for (int i = 0; i < MOST_GPUS; i++) {
        size_t size = strcspn(list, ";");
        memcpy(piece, list, size);
        piece[size] = '\0';
        if (!fake_wave_parse(piece, &fake.waves[i])) {
            fprintf(stderr, "FAKE_AMDSMI_WAVE is not understood: %s\n", piece);
            abort();
        }
        if (list[size] == ';') list += size + 1;
        sockets[i].index = i;
        for (int j = 0; j < 8; j++) processors[i][j].index = i;
    }
    fake.read_once = 1;
}

void fakeAmdsmiConfigure(const char *settings) {
    has_override = settings != NULL;
    if (settings != NULL) snprintf(override_text, sizeof override_text, "%s", settings);
    read_settings();
}

double fakeAmdsmiTruthJoules(unsigned device, int64_t start_ns, int64_t end_ns) {
    if (!fake.read_once) read_settings();
    return fake_wave_joules(&fake.waves[device], end_ns) - fake_wave_joules(&fake.waves[device], start_ns);
}

/// The last instant at which the sensors moved.
static int64_t update_instant(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t now = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    return fake.update_ns > 0 ? now - now % fake.update_ns : now;
}

/// The index of the GPU that a handle stands for, or minus a status.
static int gpu_of(void *handle) {
    if (!fake.running) return -NOT_INIT;
    for (int i = 0; i < fake.count; i++)
        for (int j = 0; j <= fake.partitions; j++)
            if (handle == &processors[i][j]) return i == fake.lost ? -NOT_FOUND : i;
    return -INVALID;
}

#define ENTER(handle) \
    int gpu = gpu_of(handle); \
    if (gpu < 0) return (uint32_t)-gpu

uint32_t amdsmi_init(uint64_t flags) {
    if (flags != 2) return INVALID;
    read_settings();
    if (fake.init == SUCCESS) fake.running++;
    return (uint32_t)fake.init;
}

uint32_t amdsmi_shut_down(void) {
    if (fake.running > 0) fake.running--;
    return SUCCESS;
}

uint32_t amdsmi_status_code_to_string(uint32_t status, const char **text) {
    *text = status == 10  ? "AMDSMI_STATUS_NO_PERM: Permission Denied"
            : status == 31 ? "AMDSMI_STATUS_NOT_FOUND: Device not found"
            : status == 34 ? "AMDSMI_STATUS_DRIVER_NOT_LOADED: Driver not loaded"
                           : "AMDSMI_STATUS_UNKNOWN_ERROR: An unknown error occurred";
    return SUCCESS;
}

uint32_t amdsmi_get_lib_version(uint32_t *version) {
    // The pointer to the text of the build lies behind three numbers, or four.
    memset(version, 0, 16);
    version[0] = (uint32_t)fake.generation;
    return SUCCESS;
}

uint32_t amdsmi_get_socket_handles(uint32_t *count, void **list) {
    if (!fake.running) return NOT_INIT;
    for (int i = 0; list != NULL && i < fake.count && i < (int)*count; i++) list[i] = &sockets[i];
    return *count = (uint32_t)fake.count, SUCCESS;
}

uint32_t amdsmi_get_processor_handles(void *socket, uint32_t *count, void **list) {
    if (!fake.running) return NOT_INIT;
    for (int i = 0; i < fake.count; i++) {
        if (socket != &sockets[i]) continue;
        for (int j = 0; list != NULL && j <= fake.partitions && j < (int)*count; j++) list[j] = &processors[i][j];
        return *count = (uint32_t)fake.partitions + 1, SUCCESS;
    }
    return INVALID;
}

uint32_t amdsmi_get_processor_type(void *handle, uint32_t *type) { return (void)handle, *type = 1, SUCCESS; }

uint32_t amdsmi_get_gpu_device_bdf(void *handle, uint64_t *bdf) {
    ENTER(handle);
    return *bdf = (uint64_t)(0xc1 + gpu) << 8, SUCCESS;
}

uint32_t amdsmi_get_gpu_device_uuid(void *handle, uint32_t *length, char *text) {
    ENTER(handle);
    if (*length < 38) return INVALID;
    snprintf(text, *length, "fake0000-0000-1000-8000-0000000000%02x", (unsigned)gpu);
    return SUCCESS;
}

uint32_t amdsmi_get_gpu_asic_info(void *handle, char *asic) {
    ENTER(handle);
    return strcpy(asic, "AMD Instinct MI300X"), SUCCESS;
}

uint32_t amdsmi_get_energy_count(void *handle, uint64_t *accumulator, float *resolution, uint64_t *stamp) {
    ENTER(handle);
    if (!fake.counter) return NOT_SUPPORTED;
    int64_t instant = update_instant();
    *resolution = 15.259f;
    *accumulator = (uint64_t)(fake_wave_joules(&fake.waves[gpu], instant) * 1e6 / (double)*resolution);
    *stamp = (uint64_t)instant;
    return SUCCESS;
}

uint32_t amdsmi_get_power_info(void *handle, uint32_t *words) {
    ENTER(handle);
    if (!fake.current && !fake.average) return NOT_SUPPORTED;
    uint32_t watts = (uint32_t)(fake_wave_watts(&fake.waves[gpu], update_instant()) + 0.5);
    uint32_t now = fake.current ? watts : 0xFFFF, mean = fake.average ? watts : 0xFFFF;
    // The sizes of the structure in the versions that have it so: nothing behind them may be touched.
    if (fake.generation < 24) {
        memset(words, 0, 64);
        words[0] = mean, words[1] = 800, words[2] = 900;
    } else if (fake.generation == 24) {
        memset(words, 0, 68);
        words[0] = now, words[1] = mean, words[2] = 800, words[3] = 900;
    } else {
        memset(words, 0, 200);
        words[0] = words[1] = UINT32_MAX;
        words[2] = now, words[3] = mean, words[4] = 800, words[6] = 900;
    }
    return SUCCESS;
}

uint32_t amdsmi_get_power_cap_info(void *handle, uint32_t sensor, uint64_t *cap) {
    ENTER(handle);
    if (sensor != 0) return INVALID;
    cap[0] = fake.generation < 24 ? 750 : 750000000;
    return SUCCESS;
}

uint32_t amdsmi_get_gpu_activity(void *handle, uint32_t *percent) {
    ENTER(handle);
    percent[0] = 97, percent[1] = 40, percent[2] = 0xFFFF;
    return SUCCESS;
}

uint32_t amdsmi_get_gpu_memory_total(void *handle, uint32_t kind, uint64_t *bytes) {
    ENTER(handle);
    return kind == 0 ? (*bytes = 192ull << 30, SUCCESS) : NOT_SUPPORTED;
}

uint32_t amdsmi_get_gpu_memory_usage(void *handle, uint32_t kind, uint64_t *bytes) {
    ENTER(handle);
    return kind == 0 ? (*bytes = 3ull << 30, SUCCESS) : NOT_SUPPORTED;
}

/// Accelerators have no sensor at the edge.
uint32_t amdsmi_get_temp_metric(void *handle, uint32_t sensor, uint32_t metric, int64_t *celsius) {
    ENTER(handle);
    if (sensor != 1 || metric != 0) return NOT_SUPPORTED;
    return *celsius = 61, SUCCESS;
}

uint32_t amdsmi_get_clock_info(void *handle, uint32_t clock, uint32_t *megahertz) {
    ENTER(handle);
    if (clock != 0 && clock != 4) return NOT_SUPPORTED;
    megahertz[0] = clock == 0 ? 2100 : 1300, megahertz[1] = 132, megahertz[2] = 2100;
    return SUCCESS;
}
