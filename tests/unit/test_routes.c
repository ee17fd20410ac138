// SPDX-License-Identifier: GPL-2.0-or-later
// The nearest target first, on machines of several shapes.
#include "machine.h"
#include "routes.h"
#include "unit.h"

/* "0:2,3 1:3,2" */
static void write_routes(const struct routes *routes, char *text, size_t size)
{
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < routes->count; i++) {
		len += (size_t)snprintf(text + len, size - len, "%s%u:", i ? " " : "",
					routes->list[i].from);
		for (uint32_t k = 0; k < routes->list[i].n_to; k++)
			len += (size_t)snprintf(text + len, size - len, "%s%u",
						k ? "," : "", routes->list[i].to[k]);
	}
}

static void test_routes__nearest_first(void **state)
{
	static const struct {
		const char *machine; /* NULL: no distance is known */
		const char *from, *to;
		const char *routes;
	} rows[] = {
		{ "2s-pmem", "0-1", "2-3", "0:2,3 1:3,2" },
		{ "2s-pmem", "2-3", "0-1", "2:0,1 3:1,0" },
		{ "2s-pmem", "0,2-3", "1", "0:1 2:1 3:1" },
		{ "hbm-and-cxl", "0", "1", "0:1" },
		/* Equally near ones take turns. */
		{ NULL, "0-1", "2-3", "0:2,3 1:3,2" },
		{ NULL, "0-3", "7-9", "0:7,8,9 1:8,9,7 2:9,7,8 3:7,8,9" },
		{ NULL, "0", "", "0:" },
		{ NULL, "", "1", "" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct machine machine = { 0 };
		struct tier_nodeset from, to;
		struct routes routes;
		char text[128];

		if (rows[i].machine)
			machine = machine_fixture(rows[i].machine);
		assert_int_equal(tier_nodeset_parse(rows[i].from, &from, NULL), 0);
		assert_int_equal(tier_nodeset_parse(rows[i].to, &to, NULL), 0);
		assert_int_equal(routes_make(&routes, machine.t, &from, &to), 0);
		write_routes(&routes, text, sizeof(text));
		if (strcmp(text, rows[i].routes))
			ROW_FAILS(failures, "row %zu: %s\n", i, text);
		routes_free(&routes);
		if (rows[i].machine)
			machine_close(&machine);
	}
	assert_rows(failures);
}

static void test_routes__closed_targets_are_passed_over(void **state)
{
	struct tier_nodeset from, to, closed = { 0 };
	struct routes routes;

	(void)state;
	assert_int_equal(tier_nodeset_parse("0", &from, NULL), 0);
	assert_int_equal(tier_nodeset_parse("2-3", &to, NULL), 0);
	assert_int_equal(routes_make(&routes, NULL, &from, &to), 0);

	assert_int_equal(route_open_target(routes_find(&routes, 0), &closed), 2);
	tier_nodeset_add(&closed, 2);
	assert_int_equal(route_open_target(routes_find(&routes, 0), &closed), 3);
	tier_nodeset_add(&closed, 3);
	assert_int_equal(route_open_target(routes_find(&routes, 0), &closed), -1);
	assert_null(routes_find(&routes, 2));
	assert_null(routes_find(&routes, -2));
	routes_free(&routes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes__nearest_first),
		cmocka_unit_test(test_routes__closed_targets_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
