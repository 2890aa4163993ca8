/*
 * The native side of the bench: does on request what bench/wasm-side.mjs does, and tells how long it took.
 *
 *   native-driver MODULE.yang DATA.xml CHANGED.xml PRINTED.xml DIFFERENCE.xml
 *
 * Reads one word a line from stdin (parse, validate, print, diff, save) and answers each with a line: milliseconds.
 * The first three arguments are read at the start, "save" writes what print and diff made to the last two. What libyang
 * refuses ends the program with its reason on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libyang.h"

#define VALIDATE_OPTIONS (LYD_VALIDATE_NO_STATE | LYD_VALIDATE_PRESENT | LYD_VALIDATE_MULTI_ERROR)
#define PRINT_OPTIONS (LYD_PRINT_WITHSIBLINGS | LYD_PRINT_SHRINK)

static struct ly_ctx *context;
static char *data_xml;
static struct lyd_node *data, *changed, *difference;
static char *printed;

static void
check(LY_ERR result, const char *what)
{
    const struct ly_err_item *error;

    if (result == LY_SUCCESS) {
        return;
    }
    error = context ? ly_err_first(context) : NULL;
    fprintf(stderr, "%s failed: %s\n", what, error ? error->msg : "no reason given");
    exit(1);
}

static char *
read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long length;

    if (!file || fseek(file, 0, SEEK_END) || ((length = ftell(file)) < 0) || fseek(file, 0, SEEK_SET)) {
        perror(path);
        exit(1);
    }
    text = malloc(length + 1);
    if (!text || (fread(text, 1, length, file) != (size_t)length)) {
        perror(path);
        exit(1);
    }
    text[length] = '\0';
    fclose(file);
    return text;
}

static void
write_whole(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    if (!file || (fputs(text, file) == EOF) || (fclose(file) == EOF)) {
        perror(path);
        exit(1);
    }
}

static struct lyd_node *
parse(const char *xml)
{
    struct lyd_node *tree;

    check(lyd_parse_data_mem(context, xml, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_STRICT, 0, &tree), "parse");
    return tree;
}

static void
validate(struct lyd_node **tree)
{
    check(lyd_validate_all(tree, context, VALIDATE_OPTIONS, NULL), "validate");
}

/* What the last round left is freed before time runs. */
static double
measure(const char *operation)
{
    struct timespec start, end;

    if (!strcmp(operation, "parse")) {
        lyd_free_all(data);
        data = NULL;
    } else if (!strcmp(operation, "print")) {
        free(printed);
        printed = NULL;
    } else if (!strcmp(operation, "diff")) {
        lyd_free_all(difference);
        difference = NULL;
    }

    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!strcmp(operation, "parse")) {
        data = parse(data_xml);
    } else if (!strcmp(operation, "validate")) {
        validate(&data);
    } else if (!strcmp(operation, "print")) {
        check(lyd_print_mem(&printed, data, LYD_XML, PRINT_OPTIONS), "print");
    } else if (!strcmp(operation, "diff")) {
        check(lyd_diff_siblings(data, changed, 0, &difference), "diff");
    } else {
        fprintf(stderr, "unknown operation %s\n", operation);
        exit(1);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
}

static void
save(const char *printed_path, const char *difference_path)
{
    char *text = NULL;

    write_whole(printed_path, printed ? printed : "");
    check(lyd_print_mem(&text, difference, LYD_XML, PRINT_OPTIONS), "print of the difference");
    write_whole(difference_path, text ? text : "");
    free(text);
}

int
main(int argc, char **argv)
{
    char line[32], *text;

    if (argc != 6) {
        fprintf(stderr, "usage: native-driver MODULE.yang DATA.xml CHANGED.xml PRINTED.xml DIFFERENCE.xml\n");
        return 2;
    }
    ly_log_options(LY_LOSTORE);
    check(ly_ctx_new(NULL, LY_CTX_DISABLE_SEARCHDIRS | LY_CTX_DISABLE_SEARCHDIR_CWD, &context), "context");
    text = read_whole(argv[1]);
    check(lys_parse_mem(context, text, LYS_IN_YANG, NULL), "module");
    free(text);
    text = read_whole(argv[3]);
    changed = parse(text);
    free(text);
    validate(&changed);
    data_xml = read_whole(argv[2]);

    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (!strcmp(line, "save")) {
            save(argv[4], argv[5]);
            puts("0");
        } else {
            printf("%.6f\n", measure(line));
        }
        fflush(stdout);
    }

    free(printed);
    free(data_xml);
    lyd_free_all(difference);
    lyd_free_all(changed);
    lyd_free_all(data);
    ly_ctx_destroy(context);
    return 0;
}
