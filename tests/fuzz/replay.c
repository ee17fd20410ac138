// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plays a folder of inputs through a fuzz target without libFuzzer, so that every
 * compiler and sanitizer sees what fuzzing once found. Knows nothing of the target.
 */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int play(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (!file || fstat(fileno(file), &st)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	/* An exact allocation lets a sanitizer see one byte too far. */
	data = malloc((size_t)st.st_size + !st.st_size);
	if (!data) {
		fclose(file);
		return -1;
	}
	size = fread(data, 1, (size_t)st.st_size, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

static int play_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[4096];
	int played = 0;

	if (!dir) {
		fprintf(stderr, "%s: %s\n", folder, strerror(errno));
		return -1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (play(path)) {
			closedir(dir);
			return -1;
		}
		played++;
	}
	closedir(dir);
	return played;
}

int main(int argc, char **argv)
{
	int played = argc == 2 ? play_folder(argv[1]) : -1;

	if (played <= 0) {
		fprintf(stderr, "nothing was played; usage: %s FOLDER\n", argv[0]);
		return 1;
	}
	printf("1 passed, 0 failed: %d inputs\n", played);
	return 0;
}
