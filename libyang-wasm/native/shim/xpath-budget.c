/*
 * A bound on what one XPath evaluation may cost, counted in nodes, so that it ends at the same place on every machine.
 * The edits of scripts/xpath-edits.mjs spend from it wherever the evaluator looks at a node, evaluates a part of the
 * expression, or does work of that order on strings and sets. Without a budget nothing is counted.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdint.h>

#include "libyang.h"
#include "shim.h"

#define NO_BUDGET 0u

/* Steps of the regular expression matcher, and octets it may walk over in one step, that cost as much as one node. */
#define MATCH_STEPS_PER_NODE 8u
#define MATCH_OCTETS_PER_NODE 256u
#define FIRST_MATCH_STEPS 64u
#define MOST_MATCH_STEPS 10000000u

static uint32_t is_limited;
static uint32_t is_used_up;
static uint32_t nodes_left;

/* Sets the budget of what follows, 0 for none. Returns whether the one before was used up. */
uint32_t
lyw_xpath_set_budget(uint32_t nodes)
{
    uint32_t was_used_up = is_used_up;

    is_limited = nodes != NO_BUDGET;
    is_used_up = 0;
    nodes_left = nodes;
    return was_used_up;
}

/* LY_EDENIED once the budget is used up, for good: code that cannot return it may go on to where that is possible. */
LY_ERR
lyw_xpath_spend(size_t nodes)
{
    if (!is_limited) {
        return LY_SUCCESS;
    }
    if (nodes > nodes_left) {
        nodes_left = 0;
        is_used_up = 1;
        return LY_EDENIED;
    }
    nodes_left -= nodes;
    return is_used_up ? LY_EDENIED : LY_SUCCESS;
}

/*
 * For every match libyang makes. How many steps a match takes is not known before: with a budget it is tried with few
 * and then with ever more, each time paid for.
 */
int
lyw_pattern_match(const pcre2_code *code, const char *subject, size_t length, uint32_t options, pcre2_match_data *data)
{
    PCRE2_SPTR text = (PCRE2_SPTR)subject;
    pcre2_match_context *context;
    uint32_t steps;
    int result;

    if (!is_limited) {
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
