// SPDX-License-Identifier: GPL-2.0-or-later
// What is in a record, as tables that writing and reading go through.
#include "record.h"

#include <stddef.h>

const struct field record_fields[] = {
	{ "time", FIELD_DOUBLE, offsetof(struct record, time) },
	{ "interval", FIELD_DOUBLE, offsetof(struct record, interval) },
	{ "cpu_ms", FIELD_DOUBLE, offsetof(struct record, cpu_ms) },
	{ "elapsed_ms", FIELD_DOUBLE, offsetof(struct record, elapsed_ms) },
	{ "asked_pages", FIELD_U64, offsetof(struct record, asked) },
	{ "looks", FIELD_U64, offsetof(struct record, looks) },
	{ "walks", FIELD_U64, offsetof(struct record, walks) },
	{ "waiting", FIELD_U64, offsetof(struct record, waiting) },
	{ "gone", FIELD_U64, offsetof(struct record, gone) },
	{ "pressure_some", FIELD_KNOWN, offsetof(struct record, pressure_some) },
	{ "pressure_full", FIELD_KNOWN, offsetof(struct record, pressure_full) },
	{ "demotion", FIELD_TEXT, offsetof(struct record, demotion) },
	{ "balancing", FIELD_TEXT, offsetof(struct record, balancing) },
	{ "bandwidth_why", FIELD_TEXT, offsetof(struct record, bandwidth_why) },
	{ "mappings_of", FIELD_INT, offsetof(struct record, mappings_of) },
	{ "heat_of", FIELD_INT, offsetof(struct record, heat_of) },
	{ "heat_why", FIELD_TEXT, offsetof(struct record, heat_why) },
	{ 0 },
};

const struct field tier_fields[] = {
	{ "kind", FIELD_TEXT, offsetof(struct rec_tier, kind) },
	{ "nodes", FIELD_TEXT, offsetof(struct rec_tier, nodes) },
	{ "total_bytes", FIELD_KNOWN, offsetof(struct rec_tier, total) },
	{ "free_bytes", FIELD_KNOWN, offsetof(struct rec_tier, free) },
	{ "file_bytes", FIELD_KNOWN, offsetof(struct rec_tier, file) },
	{ "anon_bytes", FIELD_KNOWN, offsetof(struct rec_tier, anon) },
	{ "huge_bytes", FIELD_KNOWN, offsetof(struct rec_tier, huge) },
	{ "lost_bytes", FIELD_KNOWN, offsetof(struct rec_tier, lost) },
	{ "weight", FIELD_KNOWN, offsetof(struct rec_tier, weight) },
	{ "promoted_bytes_per_s", FIELD_KNOWN, offsetof(struct rec_tier, promoted) },
	{ "demoted_bytes_per_s", FIELD_KNOWN, offsetof(struct rec_tier, demoted) },
	{ 0 },
};

const struct field process_fields[] = {
	{ "pid", FIELD_INT, offsetof(struct rec_process, pid) },
	{ "parent", FIELD_INT, offsetof(struct rec_process, parent) },
	{ "user", FIELD_TEXT, offsetof(struct rec_process, user) },
	{ "started_ticks", FIELD_U64, offsetof(struct rec_process, started) },
	{ "resident_bytes", FIELD_U64, offsetof(struct rec_process, resident) },
	{ "why", FIELD_TEXT, offsetof(struct rec_process, why) },
	{ "age_s", FIELD_DOUBLE, offsetof(struct rec_process, age) },
	{ "found_pages", FIELD_U64, offsetof(struct rec_process, found) },
	{ "excluded_pages", FIELD_U64, offsetof(struct rec_process, excluded) },
	{ "name", FIELD_TEXT, offsetof(struct rec_process, name) },
	{ "command", FIELD_TEXT, offsetof(struct rec_process, command) },
	{ "cgroup", FIELD_TEXT, offsetof(struct rec_process, cgroup) },
	{ "policy", FIELD_TEXT, offsetof(struct rec_process, policy) },
	{ "heap", FIELD_TEXT, offsetof(struct rec_process, heap) },
	{ 0 },
};

const struct field group_fields[] = {
	{ "path", FIELD_TEXT, offsetof(struct rec_group, path) },
	{ "processes", FIELD_U64, offsetof(struct rec_group, processes) },
	{ "why", FIELD_TEXT, offsetof(struct rec_group, why) },
	{ 0 },
};

const struct field mapping_fields[] = {
	{ "start", FIELD_U64, offsetof(struct rec_mapping, start) },
	{ "bytes", FIELD_U64, offsetof(struct rec_mapping, bytes) },
	{ "name", FIELD_TEXT, offsetof(struct rec_mapping, name) },
	{ "policy", FIELD_TEXT, offsetof(struct rec_mapping, policy) },
	{ 0 },
};

const struct field bandwidth_fields[] = {
	{ "domain", FIELD_INT, offsetof(struct rec_bandwidth, domain) },
	{ "nodes", FIELD_TEXT, offsetof(struct rec_bandwidth, nodes) },
	{ "source", FIELD_TEXT, offsetof(struct rec_bandwidth, source) },
	{ "of", FIELD_TEXT, offsetof(struct rec_bandwidth, of) },
	{ "total_bytes_per_s", FIELD_KNOWN, offsetof(struct rec_bandwidth, total) },
	{ "local_bytes_per_s", FIELD_KNOWN, offsetof(struct rec_bandwidth, local) },
	{ "read_bytes_per_s", FIELD_KNOWN, offsetof(struct rec_bandwidth, read) },
	{ "write_bytes_per_s", FIELD_KNOWN, offsetof(struct rec_bandwidth, write) },
	{ 0 },
};

const struct field region_fields[] = {
	{ "start", FIELD_U64, offsetof(struct rec_region, start) },
	{ "bytes", FIELD_U64, offsetof(struct rec_region, bytes) },
	{ "accesses", FIELD_U64, offsetof(struct rec_region, accesses) },
	{ "accesses_most", FIELD_U64, offsetof(struct rec_region, most) },
	{ "age_s", FIELD_DOUBLE, offsetof(struct rec_region, age) },
	{ 0 },
};

const char *const bandwidth_words[4] = { "cpus", "node", "package", "pmem" };

const char *const placed_words[4] = { "unknown", "exact", "sampled", "refused" };

void record_free(struct record *record)
{
	arena_free(&record->arena);
	*record = (struct record){ 0 };
}

const struct rec_process *record_process(const struct record *record, int pid)
{
	size_t first = 0, end = record->n_processes;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (record->processes[middle].pid == pid)
			return &record->processes[middle];
		if (record->processes[middle].pid < pid)
			first = middle + 1;
		else
			end = middle;
	}
	return NULL;
}
