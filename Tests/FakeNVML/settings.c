#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 1024 };

/// The value of one setting, or what it is when it is not given.
static const char *value(const char *text, const char *name, const char *otherwise, char *room) {
    if (text == NULL) {
        const char *found = getenv(name);
        return found != NULL ? found : otherwise;
    }
    size_t length = strlen(name);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, name, length) != 0 || line[length] != '=') continue;
        const char *start = line + length + 1;
        size_t size = strcspn(start, "\n");
        if (size >= MOST_TEXT) size = MOST_TEXT - 1;
        memcpy(room, start, size);
        room[size] = '\0';
        return room;
    }
    return otherwise;
}

static double number(const char *text, const char *name, double otherwise) {
    char room[MOST_TEXT];
    const char *found = value(text, name, NULL, room);
    return found == NULL ? otherwise : strtod(found, NULL);
}

/// A time setting in nanoseconds.
static int64_t nanoseconds(const char *text, const char *name, double otherwise, double unit) {
    double value = number(text, name, otherwise) * unit;
    return (int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}

/// The part of a list split by `;` that belongs to a device; the last part serves those beyond it.
static const char *part(const char *list, int index, char *room) {
    for (; index > 0; index--) {
        const char *next = strchr(list, ';');
        if (next == NULL) break;
        list = next + 1;
    }
    size_t size = strcspn(list, ";");
    if (size >= MOST_TEXT) size = MOST_TEXT - 1;
    memcpy(room, list, size);
    room[size] = '\0';
    return room;
}

static int init_code(const char *word) {
    static const struct {
        const char *word;
        int code;
    } known[] = {{"no-permission", 4}, {"driver-not-loaded", 9}, {"version-mismatch", 18}, {"unknown", 999}};
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strncmp(word, known[i].word, strlen(known[i].word)) == 0) return known[i].code;
    return atoi(word);
}

static void read_failures(const char *list, fake_settings *settings) {
    for (const char *at = list; at != NULL; at = strchr(at, ';')) {
        if (*at == ';') at++;
        int device;
        double seconds;
        if (strncmp(at, "read:", 5) == 0) settings->failing_reads = strtod(at + 5, NULL);
        if (strncmp(at, "init:", 5) == 0) settings->init_result = init_code(at + 5);
        if (sscanf(at, "lost:%d@%lf", &device, &seconds) == 2 && device >= 0 && device < FAKE_MOST_DEVICES)
            settings->devices[device].lost_after_ns = (int64_t)(seconds * 1e9);
    }
}

static unsigned refusals(const char *list) {
    static const char *const words[] = {"utilization", "memory", "temperature", "clocks", "limit", "reasons", "processes"};
    unsigned mask = 0;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(list, words[i]) != NULL) mask |= 1u << i;
    return mask;
}

static void read_device(const char *text, int index, struct nvmlDevice_st *device) {
    char room[MOST_TEXT], piece[MOST_TEXT];
    device->slice = -1;
    device->index = index;
    device->lost_after_ns = -1;
    snprintf(device->name, sizeof device->name, "%s", part(value(text, "FAKE_NVML_NAME", "NVIDIA H200", room), index, piece));
    const char *uuids = value(text, "FAKE_NVML_UUID", NULL, room);
    if (uuids != NULL)
        snprintf(device->uuid, sizeof device->uuid, "%s", part(uuids, index, piece));
    else
        snprintf(device->uuid, sizeof device->uuid, "GPU-%08x-fa4e-4000-8000-0000000000%02x", 0x1a2b3c00 + index, index);
    if (!fake_wave_parse(part(value(text, "FAKE_NVML_WAVE", "constant:300", room), index, piece), &device->wave)) {
        fprintf(stderr, "FAKE_NVML_WAVE is not understood: %s\n", piece);
        abort();
    }
    const char *modules = value(text, "FAKE_NVML_MODULE", "", room);
    if (*modules != '\0') {
        device->has_module = fake_wave_parse(part(modules, index, piece), &device->module_wave);
        if (!device->has_module && strcmp(piece, "off") != 0) {
            fprintf(stderr, "FAKE_NVML_MODULE is not understood: %s\n", piece);
            abort();
        }
    }
    device->socket = index;
    const char *sockets = value(text, "FAKE_NVML_SOCKET", "", room);
    if (*sockets != '\0') device->socket = atoi(part(sockets, index, piece));
    device->slices = atoi(part(value(text, "FAKE_NVML_MIG", "0", room), index, piece));
    if (device->slices > FAKE_MOST_SLICES) device->slices = FAKE_MOST_SLICES;
    part(value(text, "FAKE_NVML_PROCESSES", "", room), index, piece);
    for (char *at = piece; *at != '\0' && device->process_count < FAKE_MOST_PROCESSES;) {
        char *end;
        unsigned long pid = strtoul(at, &end, 10);
        if (end == at) break;
        int place = device->process_count++;
        device->processes[place] = (uint32_t)pid;
        device->process_until_ns[place] = -1;
        if (*end == '@') device->process_from_ns[place] = (int64_t)(strtod(end + 1, &end) * 1e9);
        if (*end == '-') device->process_until_ns[place] = (int64_t)(strtod(end + 1, &end) * 1e9);
        at = *end == ',' ? end + 1 : end;
    }
}

void fake_settings_read(const char *text, fake_settings *settings) {
    char room[MOST_TEXT];
    memset(settings, 0, sizeof *settings);
    settings->count = (int)number(text, "FAKE_NVML_DEVICES", 1);
    if (settings->count > FAKE_MOST_DEVICES) settings->count = FAKE_MOST_DEVICES;
    for (int i = 0; i < FAKE_MOST_DEVICES; i++) {
        struct nvmlDevice_st *device = &settings->devices[i];
        read_device(text, i, device);
        for (int j = 0; j < device->slices; j++) {
            struct nvmlDevice_st *slice = &settings->slices[i][j];
            *slice = *device;
            slice->slice = j;
            snprintf(slice->uuid, sizeof slice->uuid, "MIG-%08x-fa4e-5000-8000-%010x%02x", 0x9f8e7d00 + i, j, i);
        }
    }
    settings->update_ns = nanoseconds(text, "FAKE_NVML_UPDATE_MS", 20, 1e6);
    settings->update_phase_ns = nanoseconds(text, "FAKE_NVML_UPDATE_PHASE_MS", 0, 1e6);
    settings->reset_after_ns = nanoseconds(text, "FAKE_NVML_RESET_AT", -1, 1e9);
    settings->read_ns = nanoseconds(text, "FAKE_NVML_READ_US", 0, 1e3);
    settings->counter = strcmp(value(text, "FAKE_NVML_COUNTER", "on", room), "off") != 0;
    const char *fields = value(text, "FAKE_NVML_FIELDS", "on", room);
    int module_only = strcmp(fields, "module") == 0;
    settings->instant_field = strcmp(fields, "off") != 0 && strcmp(fields, "average") != 0 && !module_only;
    settings->average_field = strcmp(fields, "off") != 0 && strcmp(fields, "instant") != 0 && !module_only;
    settings->module_field = strcmp(fields, "off") != 0 && strcmp(fields, "average") != 0;
    const char *legacy = value(text, "FAKE_NVML_POWER_USAGE", "instant", room);
    settings->legacy = strcmp(legacy, "off") != 0;
    settings->legacy_average = strcmp(legacy, "average") == 0;
    settings->seed = (uint64_t)number(text, "FAKE_NVML_SEED", 1);
    settings->utilization = (int)number(text, "FAKE_NVML_UTIL", -1);
    settings->throttle = strtoull(value(text, "FAKE_NVML_THROTTLE", "0", room), NULL, 0);
    settings->memory_used = (uint64_t)(number(text, "FAKE_NVML_MEMORY_USED_MIB", 1024) * 1048576);
    settings->limit_watts = number(text, "FAKE_NVML_LIMIT", 700);
    settings->later_sm_ns = -1;
    double first, then, when;
    int clocks = sscanf(value(text, "FAKE_NVML_SM_MHZ", "1755", room), "%lf,%lf@%lf", &first, &then, &when);
    settings->sm_megahertz = clocks >= 1 ? (uint32_t)first : 1755;
    if (clocks == 3) settings->later_sm_megahertz = (uint32_t)then, settings->later_sm_ns = (int64_t)(when * 1e9);
    settings->refusals = refusals(value(text, "FAKE_NVML_REFUSE", "", room));
    read_failures(value(text, "FAKE_NVML_FAIL", "", room), settings);
}
