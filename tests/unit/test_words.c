// SPDX-License-Identifier: GPL-2.0-or-later
// The user's word on nodes: its grammar, where it is wrong, and which word wins.
#include "nodeset.h"
#include "strbuf.h"
#include "unit.h"
#include "words.h"

/* "2-3 hbm - - 250 -": nodes, kind, read and write bandwidth, read and write latency. */
static void render_word(const struct node_word *word, char *text, size_t size)
{
	char list[64];
	size_t len;

	tier_nodeset_format(&word->nodes, list, sizeof(list));
	len = (size_t)snprintf(text, size, "%s %s", list,
			       word->kind ? tier_kind_name(word->kind) : "-");
	for (int i = 0; i < TIER_FIGURES; i++)
		if (word->known >> i & 1)
			len += (size_t)snprintf(text + len, size - len, " %llu",
						(unsigned long long)word->value[i]);
		else
			len += (size_t)snprintf(text + len, size - len, " -");
}

static void render(const struct node_words *words, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < words->count; i++) {
		char word[256];

		render_word(&words->word[i], word, sizeof(word));
		len += (size_t)snprintf(text + len, size - len, "%s%s", i ? " | " : "",
					word);
	}
}

static void test_words__grammar(void **state)
{
	static const struct {
		const char *text, *result;
	} rows[] = {
		{ "", "" },
		{ "\n\n;;  ;\t\n", "" },
		{ "# nothing", "" },
		{ "  # nothing; node:2 kind=hbm\n", "" },
		{ "node:2 kind=hbm", "2 hbm - - - -" },
		{ "node:2 kind=dram", "2 dram - - - -" },
		{ "node:2 kind=cxl", "2 cxl - - - -" },
		{ "node:2 kind=pmem", "2 pmem - - - -" },
		{ "node:2 kind=gpu", "2 gpu - - - -" },
		{ "\t node:2\t  kind=hbm \t", "2 hbm - - - -" },
		{ "node:2 kind=hbm # why", "2 hbm - - - -" },
		{ "node:2 kind=hbm # why; node:3 kind=cxl", "2 hbm - - - -" },
		{ "node:0-1,8 kind=cxl;node:2 kind=hbm\n",
		  "0-1,8 cxl - - - - | 2 hbm - - - -" },
		{ "node:2 read_bandwidth=30GB/s", "2 - 30000000000 - - -" },
		{ "node:2 write_bandwidth=1.5GiB/s", "2 - - 1610612736 - -" },
		{ "node:2 read_latency=250ns write_latency=0.3us", "2 - - - 250 300" },
		{ "node:2 read_latency=1ms kind=cxl write_bandwidth=1B/s",
		  "2 cxl - 1 1000000 -" },
		/* The later one wins inside a statement too. */
		{ "node:2 kind=cxl kind=hbm read_latency=1ns read_latency=2ns",
		  "2 hbm - - 2 -" },
		{ "node:1023 kind=hbm", "1023 hbm - - - -" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct node_words words = { 0 };
		struct arena arena = { 0 };
		struct tier_diag diag = { 0 };
		char text[1024];

		if (node_words_parse(&words, &arena, rows[i].text, "test", &diag))
			ROW_FAILS(failures, "'%s': %s\n", rows[i].text, diag.message);
		render(&words, text, sizeof(text));
		if (strcmp(text, rows[i].result))
			ROW_FAILS(failures, "'%s': got '%s'\n", rows[i].text, text);
		arena_free(&arena);
	}
	assert_rows(failures);
}

static void test_words__refused(void **state)
{
	static const struct {
		const char *text;
		uint32_t line, column;
		const char *says;
	} rows[] = {
		{ "banana", 1, 1, "'banana': a statement begins with node:LIST" },
		{ "kind=hbm", 1, 1, "a statement begins with node:LIST" },
		{ "node:2", 1, 1, "'node:2': says nothing of these nodes" },
		{ "  node:2 # kind=hbm", 1, 3, "says nothing of these nodes" },
		{ "node: kind=hbm", 1, 1, "expected nodes" },
		{ "node:x kind=hbm", 1, 1, "expected nodes" },
		{ "node:1024 kind=hbm", 1, 1, "expected nodes" },
		{ "node:3-1 kind=hbm", 1, 1, "expected nodes" },
		{ "node:0x3 kind=hbm", 1, 1, "expected nodes" },
		{ "node:2 kind=", 1, 8, "a kind is dram" },
		{ "node:2 kind=unknown", 1, 8, "a kind is dram" },
		{ "node:2 kind=HBM", 1, 8, "a kind is dram" },
		{ "node:2 kind=hbm\r\n", 1, 8, "a kind is dram" },
		{ "node:2 kind", 1, 8, "expected kind=" },
		{ "node:2 size=4G", 1, 8, "expected kind=" },
		{ "node:2 =", 1, 8, "expected kind=" },
		{ "node:2 read_bandwidth=30", 1, 8, "such as 30GB/s" },
		{ "node:2 read_bandwidth=30GB", 1, 8, "such as 30GB/s" },
		{ "node:2 read_bandwidth=0GB/s", 1, 8, "above 0" },
		{ "node:2 read_bandwidth=0.0000000001GB/s", 1, 8, "above 0" },
		{ "node:2 write_latency=-250ns", 1, 8, "such as 250ns" },
		{ "node:2 read_latency=250GB/s", 1, 8, "such as 250ns" },
		{ "node:2 read_latency=99999999999999999999ns", 1, 8, "such as 250ns" },
		{ "node:2 kind=hbm node:3", 1, 17, "expected kind=" },
		{ "\n# fine\nnode:0 kind=dram; node:1 kind=ram\n", 3, 26, "a kind is" },
		{ "node:0 kind=dram\nnode:1\n", 2, 1, "says nothing" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct node_words words = { 0 };
		struct arena arena = { 0 };
		struct tier_diag diag = { 0 };
		int ret = node_words_parse(&words, &arena, rows[i].text, "test", &diag);

		if (ret != -EINVAL || words.count || diag.line != rows[i].line ||
		    diag.column != rows[i].column ||
		    !strstr(diag.message, rows[i].says) ||
		    strncmp(diag.message, "test: ", 6) != 0)
			ROW_FAILS(failures, "'%s': %d, %u:%u: %s\n", rows[i].text, ret,
				  diag.line, diag.column, diag.message);
		if (node_words_parse(&words, &arena, rows[i].text, "test", NULL) !=
		    -EINVAL)
			ROW_FAILS(failures, "'%s': passes without diag\n", rows[i].text);
		arena_free(&arena);
	}
	assert_rows(failures);
}

static void test_words__too_long(void **state)
{
	static char text[8192] = "node:";
	struct node_words words = { 0 };
	struct arena arena = { 0 };
	struct tier_diag diag = { 0 };

	(void)state;
	memset(text + 5, '0', sizeof(text) - 6);

	assert_int_equal(node_words_parse(&words, &arena, text, "test", &diag), -EINVAL);

	assert_says(diag.message, "node:0000");
	assert_says(diag.message, "too long");
	arena_free(&arena);
}

/* Every node twice: the list of one statement and the count of statements have no
 * limit that a real machine could reach. */
static void test_words__many(void **state)
{
	struct strbuf text = { 0 };
	struct node_words words = { 0 };
	struct arena arena = { 0 };

	(void)state;
	for (int node = 0; node < TIER_MAX_NODES; node++)
		assert_int_equal(strbuf_printf(&text, "node:%d kind=cxl;", node), 0);
	assert_int_equal(strbuf_puts(&text, "node:0"), 0);
	for (int node = 2; node < TIER_MAX_NODES; node += 2)
		assert_int_equal(strbuf_printf(&text, ",%d", node), 0);
	assert_int_equal(strbuf_puts(&text, " kind=hbm\n"), 0);

	assert_int_equal(node_words_parse(&words, &arena, text.text, "test", NULL), 0);

	assert_int_equal(words.count, TIER_MAX_NODES + 1);
	assert_int_equal(node_words_kind(&words, 1022)->kind, TIER_KIND_HBM);
	assert_int_equal(node_words_kind(&words, 1023)->kind, TIER_KIND_CXL);
	arena_free(&arena);
	strbuf_free(&text);
}

static void test_words__later_wins(void **state)
{
	struct node_words words = { 0 };
	struct arena arena = { 0 };
	const struct node_word *word;

	(void)state;
	assert_int_equal(node_words_parse(&words, &arena,
					  "node:0-3 kind=cxl read_latency=300ns\n"
					  "node:2 kind=hbm",
					  "tierkit.conf", NULL),
			 0);
	assert_int_equal(node_words_parse(&words, &arena, "node:3 read_latency=100ns",
					  "TIERKIT_NODES", NULL),
			 0);

	assert_int_equal(node_words_kind(&words, 0)->kind, TIER_KIND_CXL);
	assert_int_equal(node_words_kind(&words, 2)->kind, TIER_KIND_HBM);
	/* A later word that says nothing of the kind leaves it as it was. */
	assert_int_equal(node_words_kind(&words, 3)->kind, TIER_KIND_CXL);
	assert_null(node_words_kind(&words, 4));
	word = node_words_figure(&words, 3, TIER_READ_LATENCY);
	assert_int_equal(word->value[TIER_READ_LATENCY], 100);
	assert_string_equal(word->origin, "TIERKIT_NODES");
	word = node_words_figure(&words, 2, TIER_READ_LATENCY);
	assert_int_equal(word->value[TIER_READ_LATENCY], 300);
	assert_string_equal(word->origin, "tierkit.conf");
	assert_null(node_words_figure(&words, 3, TIER_READ_BANDWIDTH));
	arena_free(&arena);
}

/* What stood there before a text that is refused still stands. */
static void test_words__refused_leaves_the_rest(void **state)
{
	struct node_words words = { 0 };
	struct arena arena = { 0 };

	(void)state;
	assert_int_equal(node_words_parse(&words, &arena, "node:1 kind=cxl", "a", NULL),
			 0);

	assert_int_equal(node_words_parse(&words, &arena, "node:1 kind=hbm; node:1 x",
					  "b", NULL),
			 -EINVAL);

	assert_int_equal(words.count, 1);
	assert_int_equal(node_words_kind(&words, 1)->kind, TIER_KIND_CXL);
	arena_free(&arena);
}

static void test_words__whose_figures(void **state)
{
	static const struct {
		const char *text;
		enum figures_wish figures;
	} rows[] = {
		{ "", FIGURES_NOT_SAID },
		{ "node:0 kind=hbm", FIGURES_NOT_SAID },
		{ "figures=measured # ours", FIGURES_MEASURED },
		{ "figures=firmware", FIGURES_FIRMWARE },
		{ "figures=measured;node:0 kind=hbm\n", FIGURES_MEASURED },
		{ "figures=measured\nfigures=firmware", FIGURES_FIRMWARE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct node_words words = { 0 };
		struct arena arena = { 0 };

		assert_int_equal(
			node_words_parse(&words, &arena, rows[i].text, "here", NULL), 0);

		assert_int_equal(node_words_figures(&words), rows[i].figures);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words__grammar),
		cmocka_unit_test(test_words__refused),
		cmocka_unit_test(test_words__too_long),
		cmocka_unit_test(test_words__many),
		cmocka_unit_test(test_words__later_wins),
		cmocka_unit_test(test_words__refused_leaves_the_rest),
		cmocka_unit_test(test_words__whose_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
