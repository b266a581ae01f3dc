#include "CNVML.h"

#include "CPlatform.h"

#include <string.h>

_Static_assert(sizeof(void *) == 8, "the layouts are those of the 64-bit ABI");
_Static_assert(sizeof(jb_nvml_field) == 40, "field value");
_Static_assert(sizeof(jb_nvml_pci) == 68, "PCI description");
_Static_assert(sizeof(jb_nvml_utilization) == 8, "utilisation");
_Static_assert(sizeof(jb_nvml_memory) == 24, "memory, first version");
_Static_assert(sizeof(jb_nvml_memory_2) == (JB_NVML_MEMORY_2_VERSION & 0xffffff), "memory, second version");
_Static_assert(sizeof(jb_nvml_process) == 24, "running process");

int jb_nvml_open(const char *name, jb_nvml *table, char *error, uint32_t error_size) {
    void *library = jb_library_open(name, error, error_size);
    if (library == NULL) return 0;
    memset(table, 0, sizeof *table);
    const jb_library_function wanted[] = {
        {&table->init, "nvmlInit_v2"},
        {&table->shutdown, "nvmlShutdown"},
        {&table->error_string, "nvmlErrorString"},
        {&table->driver_version, "nvmlSystemGetDriverVersion"},
        {&table->cuda_version, "nvmlSystemGetCudaDriverVersion_v2"},
        {&table->count, "nvmlDeviceGetCount_v2"},
        {&table->device_at, "nvmlDeviceGetHandleByIndex_v2"},
        {&table->uuid, "nvmlDeviceGetUUID"},
        {&table->name, "nvmlDeviceGetName"},
        {&table->pci, "nvmlDeviceGetPciInfo_v3"},
        {&table->vbios, "nvmlDeviceGetVbiosVersion"},
        {&table->cores, "nvmlDeviceGetNumGpuCores"},
        {&table->compute_capability, "nvmlDeviceGetCudaComputeCapability"},
        {&table->persistence, "nvmlDeviceGetPersistenceMode"},
        {&table->ecc, "nvmlDeviceGetEccMode"},
        {&table->processes, "nvmlDeviceGetComputeRunningProcesses_v3"},
        {&table->cpu_affinity, "nvmlDeviceGetCpuAffinity"},
        {&table->mig_mode, "nvmlDeviceGetMigMode"},
        {&table->mig_limit, "nvmlDeviceGetMaxMigDeviceCount"},
        {&table->mig_at, "nvmlDeviceGetMigDeviceHandleByIndex"},
        {&table->total_energy, "nvmlDeviceGetTotalEnergyConsumption"},
        {&table->power_usage, "nvmlDeviceGetPowerUsage"},
        {&table->fields, "nvmlDeviceGetFieldValues"},
        {&table->utilization, "nvmlDeviceGetUtilizationRates"},
        {&table->memory, "nvmlDeviceGetMemoryInfo"},
        {&table->memory_2, "nvmlDeviceGetMemoryInfo_v2"},
        {&table->temperature, "nvmlDeviceGetTemperature"},
        {&table->clock, "nvmlDeviceGetClockInfo"},
        {&table->clock_limit, "nvmlDeviceGetMaxClockInfo"},
        {&table->power_limit, "nvmlDeviceGetEnforcedPowerLimit"},
        {&table->power_limit_range, "nvmlDeviceGetPowerManagementLimitConstraints"},
        {&table->clock_reasons, "nvmlDeviceGetCurrentClocksEventReasons"},
    };
    jb_library_find(library, wanted, sizeof wanted / sizeof wanted[0]);
    // The same function before driver 535.
    const jb_library_function older = {&table->clock_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons"};
    if (table->clock_reasons == NULL) jb_library_find(library, &older, 1);
    return 1;
}
