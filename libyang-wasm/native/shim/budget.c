/*
 * Bounds on what one call may cost, counted in steps of libyang's own, so that it ends at the same place on every machine.
 * The edits in scripts/xpath-edits.mjs and parser-edits.mjs spend from the budget that is open, if it is of their kind.
 *
 * XPath: as many nodes as the caller says. Spent wherever the evaluator looks at a node, evaluates a part of the
 * expression, or does work of that order on strings and sets.
 *
 * Parsing: in proportion to the input. Spent where libyang searches lists from end to end: the unknown siblings of an
 * element, its attributes, the namespaces in scope. Ordinary input comes nowhere near.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdint.h>
#include <string.h>

#include "libyang.h"
#include "shim.h"

enum kind { KIND_NONE, KIND_XPATH, KIND_PARSING };

/* What any input may take, about 20 ms, and what each octet adds. 1,000 unknown siblings of one element take half a million. */
#define PARSING_STEPS_FREE 4000000ull
#define PARSING_STEPS_PER_OCTET 32ull

/* Steps of the regular expression matcher, and octets it may walk over in one step, that cost as much as one node. */
#define MATCH_STEPS_PER_NODE 8u
#define MATCH_OCTETS_PER_NODE 256u
#define FIRST_MATCH_STEPS 64u
#define MOST_MATCH_STEPS 10000000u

static enum kind open_kind;
static uint32_t is_used_up;
static uint64_t steps_left;

static void
open_budget(enum kind kind, uint64_t steps)
{
    open_kind = kind;
    is_used_up = 0;
    steps_left = steps;
}

/* LY_EDENIED once the budget is used up, for good: code that cannot return it may go on to where that is possible. */
static LY_ERR
spend(enum kind kind, uint64_t steps)
{
    if (open_kind != kind) {
        return LY_SUCCESS;
    }
    if (steps > steps_left) {
        steps_left = 0;
        is_used_up = 1;
    } else {
        steps_left -= steps;
    }
    return is_used_up ? LY_EDENIED : LY_SUCCESS;
}

LY_ERR lyw_xpath_spend(size_t nodes) { return spend(KIND_XPATH, nodes); }
LY_ERR lyw_parsing_spend(size_t steps) { return spend(KIND_PARSING, steps); }

/* For where a parser can give up. */
LY_ERR
lyw_parsing_check(void)
{
    LY_ERR rc = spend(KIND_PARSING, 1);

    return !rc && (open_kind == KIND_PARSING) && lyw_heap_is_low(0, LYW_RESERVE_OF_INPUT) ? LY_EMEM : rc;
}

/* Opens a budget for XPath, 0 for none. Returns whether the one before was used up. */
uint32_t
lyw_xpath_set_budget(uint32_t nodes)
{
    uint32_t was_used_up = is_used_up;

    open_budget(nodes ? KIND_XPATH : KIND_NONE, nodes);
    return was_used_up;
}

/* LY_EMEM: there is too little memory, or the text is too long for it. */
LY_ERR
lyw_parsing_begin(const char *text)
{
    size_t length = strlen(text);

    open_budget(KIND_PARSING, PARSING_STEPS_FREE + PARSING_STEPS_PER_OCTET * length);
    return lyw_heap_is_low(length, LYW_RESERVE_OF_INPUT) ? LY_EMEM : LY_SUCCESS;
}

/* The result of a call to the parser: LY_EDENIED if it failed because the budget was used up. */
LY_ERR
lyw_parsing_end(LY_ERR result)
{
    LY_ERR true_result = result && is_used_up ? LY_EDENIED : result;

    open_budget(KIND_NONE, 0);
    return true_result;
}

/*
 * For every match libyang makes. How many steps a match takes is not known before: in XPath with a budget it is tried with
 * few and then with ever more, each time paid for.
 */
int
lyw_pattern_match(const pcre2_code *code, const char *subject, size_t length, uint32_t options, pcre2_match_data *data)
{
    PCRE2_SPTR text = (PCRE2_SPTR)subject;
    pcre2_match_context *context;
    uint32_t steps;
    int result;

    if (open_kind != KIND_XPATH) {
        return pcre2_match(code, text, length, 0, options, data, NULL);
    }
    context = pcre2_match_context_create(NULL);
    if (!context) {
        return PCRE2_ERROR_NOMEMORY;
    }
    for (steps = FIRST_MATCH_STEPS;; steps *= 2) {
        if (lyw_xpath_spend(1 + steps / MATCH_STEPS_PER_NODE + length / MATCH_OCTETS_PER_NODE)) {
            result = PCRE2_ERROR_MATCHLIMIT;
            break;
        }
        pcre2_set_match_limit(context, steps);
        result = pcre2_match(code, text, length, 0, options, data, context);
        if ((result != PCRE2_ERROR_MATCHLIMIT) || (steps >= MOST_MATCH_STEPS)) {
            break;
        }
    }
    pcre2_match_context_free(context);
    return result;
}
