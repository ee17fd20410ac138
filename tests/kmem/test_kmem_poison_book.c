// SPDX-License-Identifier: GPL-2.0-or-later
// The rules of the ledger: against a model with a bit for each page, exactly as long as there is
// room, and never on the bad side without it; what a cleared list forgets.
#include "poison_book.h"

#include "pure.h"

#define PAGE	4u /* addresses of a page here; the world has 8 pages */
#define WATCHED 0x0ffffff0u
#define ROUNDS	20000

struct own_book {
	struct poison_book book;
	struct own_set watched, flagged, lasting, listed;
};

/* Without members; nothing but the page at both ends is watched. */
static struct poison_book *new_book(struct own_book *own, unsigned int room)
{
	own->book = (struct poison_book){
		.page_bytes = PAGE,
		.watched = *empty(&own->watched, MOST),
		.flagged = *empty(&own->flagged, room),
		.lasting = *empty(&own->lasting, room),
		.listed = *empty(&own->listed, room),
	};
	return &own->book;
}

static void watch(struct poison_book *book, uint32_t bits)
{
	struct own_set own;

	book_watch(book, from_bits(&own, bits));
}

static uint32_t whole_pages(uint32_t bits)
{
	uint32_t pages = 0;

	for (unsigned int at = 0; at < 32; at += PAGE)
		if (bits >> at & 0xf)
			pages |= 0xfu << at;
	return pages;
}

/* What is called bad, by all three ways to ask. UINT32_MAX if they differ. */
static uint32_t called_bad(const struct poison_book *book, uint32_t within)
{
	static const struct range all = { 0, 31 };
	struct own_set own, asked;
	struct range_set *bad = empty(&own, MOST);
	uint32_t bits, found = 0;

	if (book_collect(book, from_bits(&asked, within), bad))
		return UINT32_MAX;
	bits = to_bits(bad);
	for (u64 at = 0; at < 32; at++) {
		const struct range one = { at, at };

		if ((within >> at & 1) && book_has(book, &one))
			found |= 1u << at;
	}
	if (found != bits)
		return UINT32_MAX;
	if (within == UINT32_MAX &&
	    book_bytes(book, &all) != (u64)__builtin_popcount(bits))
		return UINT32_MAX;
	return bits;
}

struct model {
	uint32_t flagged, lasting, listed;
};

static uint32_t pages_in(const struct range *range)
{
	return whole_pages(bits_of(range));
}

/* One step on both; true if what the book says of it is right. */
static bool step(struct poison_book *book, struct model *model, uint64_t *random)
{
	uint32_t first = next_random(random) % 32, second = next_random(random) % 32;
	const struct range range = { first < second ? first : second,
				     first < second ? second : first };
	uint32_t pages = pages_in(&range), what = next_random(random) % 5;
	uint32_t *set = what ? &model->lasting : &model->flagged;
	struct own_set now, within, scratch;
	uint32_t listed, gone;
	bool grew;

	switch (what) {
	case 0:
	case 1:
		grew = pages & WATCHED & ~*set;
		*set |= pages & WATCHED;
		return book_note(book, &range, !what) == grew;
	case 2:
		book_forget(book, &range);
		model->flagged &= ~pages;
		model->lasting &= ~pages;
		model->listed &= ~pages;
		return true;
	case 3:
		first -= first % PAGE;
		book_unflag(book, &(struct range){ first, first + PAGE - 1 });
		model->flagged &= ~(0xfu << first);
		return true;
	default:
		listed = next_random(random) & next_random(random) & WATCHED &
			 bits_of(&range);
		gone = model->listed & pages & ~whole_pages(listed);
		model->flagged &= ~whole_pages(gone);
		model->lasting &= ~whole_pages(gone);
		model->listed &= ~whole_pages(gone);
		model->listed |= whole_pages(listed) & model->lasting;
		from_bits(&within, pages);
		from_bits(&now, listed);
		book_compare(book, &within.set, &now.set, empty(&scratch, MOST));
		return true;
	}
}

static void test_book__is_the_model_while_there_is_room(void **state)
{
	uint64_t random = 1;
	int failures = 0;

	(void)state;
	for (int round = 0; round < ROUNDS && failures < 3; round++) {
		struct own_book own;
		struct poison_book *book = new_book(&own, MOST);
		struct model model = { 0 };
		uint64_t seed = random;

		watch(book, WATCHED);
		for (int i = 0; i < 12; i++) {
			bool right = step(book, &model, &random);

			if (right && called_bad(book, UINT32_MAX) ==
					     (model.flagged | model.lasting))
				continue;
			ROW_FAILS(failures, "seed %#llx, step %d: %#x, expected %#x\n",
				  (unsigned long long)seed, i,
				  called_bad(book, UINT32_MAX),
				  model.flagged | model.lasting);
			break;
		}
	}
	assert_rows(failures);
}

/* Two members for each set: bad pages are never called good, and what is not watched is not bad. */
static void test_book__never_loses_what_it_has_no_room_for(void **state)
{
	uint64_t random = 7;
	int failures = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct own_book own;
		struct poison_book *book = new_book(&own, 2);
		uint32_t noted = 0, bad;

		watch(book, 0x0f0f0f0f);
		for (int i = 0; i < 8; i++) {
			u64 at = next_random(&random) % 32;
			const struct range range = { at, at };

			if (next_random(&random) % 4) {
				book_note(book, &range, next_random(&random) % 2);
				noted |= pages_in(&range) & 0x0f0f0f0f;
				continue;
			}
			book_forget(book, &range);
			noted &= ~pages_in(&range);
		}
		bad = 0;
		for (u64 at = 0; at < 32; at++)
			bad |= (uint32_t)book_has(book, &(struct range){ at, at }) << at;
		if ((bad & noted) != noted || (bad & ~0x0f0f0f0fu))
			ROW_FAILS(failures, "round %d: %#x of %#x\n", round, bad, noted);
	}
	assert_rows(failures);
}

/* Bad addresses, then what the list has at two times; what is bad after the second. */
static void test_book__forgets_what_others_clear(void **state)
{
	static const struct {
		const char *what;
		uint32_t flagged, lasting, first, within, second, bad;
	} rows[] = {
		{ "still listed", 0, 0xf0, 0xf0, ~0u, 0xf0, 0xf0 },
		{ "cleared", 0, 0xf0, 0xf0, ~0u, 0, 0 },
		{ "never listed", 0, 0xf0, 0, ~0u, 0, 0xf0 },
		{ "a sector of the page is listed", 0, 0xf0, 0x10, ~0u, 0x80, 0xf0 },
		{ "one of two cleared", 0, 0xff0, 0xff0, ~0u, 0xf00, 0xf00 },
		{ "one listed range over two pages that are apart", 0, 0xf0f0, 0xfff0,
		  ~0u, 0, 0 },
		{ "flagged as well", 0xf0, 0xf0, 0xf0, ~0u, 0, 0 },
		{ "flagged only", 0xf0, 0, 0xf0, ~0u, 0, 0xf0 },
		{ "cleared elsewhere", 0, 0xf0f0, 0xf0f0, 0xf0, 0, 0xf000 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct own_set flagged, lasting, first, second, within, scratch;
		struct own_book own;
		struct poison_book *book = new_book(&own, MOST);
		uint32_t bad;

		watch(book, ~0u);
		from_bits(&flagged, rows[i].flagged);
		from_bits(&lasting, rows[i].lasting);
		for (unsigned int k = 0; k < flagged.set.count; k++)
			book_note(book, &flagged.ranges[k], true);
		for (unsigned int k = 0; k < lasting.set.count; k++)
			book_note(book, &lasting.ranges[k], false);
		from_bits(&within, rows[i].within);
		book_compare(book, &within.set, from_bits(&first, rows[i].first),
			     empty(&scratch, MOST));
		book_compare(book, &within.set, from_bits(&second, rows[i].second),
			     empty(&scratch, MOST));
		bad = called_bad(book, UINT32_MAX);
		if (bad != rows[i].bad)
			ROW_FAILS(failures, "%s: %#x\n", rows[i].what, bad);
	}
	assert_rows(failures);
}

static void test_book__room_for_comparing(void **state)
{
	struct own_set within, now;
	struct own_book own;

	(void)state;
	assert_int_equal(book_compare_room(new_book(&own, 5), from_bits(&within, 0x5),
					   from_bits(&now, 0x15)),
			 5 + 2 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_book__is_the_model_while_there_is_room),
		cmocka_unit_test(test_book__never_loses_what_it_has_no_room_for),
		cmocka_unit_test(test_book__forgets_what_others_clear),
		cmocka_unit_test(test_book__room_for_comparing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
