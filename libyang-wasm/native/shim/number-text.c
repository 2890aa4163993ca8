/* Numbers of XPath as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

/* A double has no more significant digits than these that matter. */
#define MAX_DIGITS 17

/*
 * A finite number as XPath 1.0 §4.2 wants it: in decimal, with as many digits as tell it from all others. To be freed by
 * the caller; NULL: out of memory.
 */
char *
lyw_number_text(double number)
{
    char scientific[MAX_DIGITS + 16];
    char *text;
    int digits = 0, decimals;

    do {
        digits += 1;
        snprintf(scientific, sizeof scientific, "%.*e", digits - 1, number);
    } while ((digits < MAX_DIGITS) && (strtod(scientific, NULL) != number));
    decimals = digits - 1 - atoi(strchr(scientific, 'e') + 1);
    return asprintf(&text, "%.*f", decimals > 0 ? decimals : 0, number) < 0 ? NULL : text;
}
