/* Contexts, modules and errors. */
#include <stdint.h>
#include <stdlib.h>

#include "libyang.h"
#include "version.h"
#include "shim.h"

/* JavaScript: a lyw_alloc()ed, NUL-terminated YANG text, or NULL. It never throws: that would skip C frames. */
__attribute__((import_module("lyw"), import_name("import_module"))) extern char *
lyw_js_import_module(const char *name, const char *revision, const char *submodule, const char *submodule_revision);

static void
free_import(void *text, void *user_data)
{
    (void)user_data;
    free(text);
}

static LY_ERR
import_module(const char *name, const char *revision, const char *submodule, const char *submodule_revision,
        void *user_data, LYS_INFORMAT *format, const char **text, ly_module_imp_data_free_clb *free_text)
{
    char *found = lyw_js_import_module(name, revision, submodule, submodule_revision);

    (void)user_data;
    if (!found) {
        return LY_ENOTFOUND;
    }
    *format = LYS_IN_YANG;
    *text = found;
    *free_text = free_import;
    return LY_SUCCESS;
}

/* A context that never looks at a file system. NULL: out of memory. */
struct ly_ctx *
lyw_context_new(void)
{
    struct ly_ctx *context = NULL;

    /* Keep the whole list of errors, and print none. Nobody asks for warnings: to word them costs time. */
    ly_log_options(LY_LOSTORE);
    ly_log_level(LY_LLERR);
    if (ly_ctx_new(NULL, LY_CTX_DISABLE_SEARCHDIRS | LY_CTX_DISABLE_SEARCHDIR_CWD, &context)) {
        return NULL;
    }
    ly_ctx_set_module_imp_clb(context, import_module, NULL);
    return context;
}

/* features: NULL for none, else names ended by NULL. */
LY_ERR
lyw_parse_module(struct ly_ctx *context, const char *text, LYS_INFORMAT format, const char **features,
        struct lys_module **module)
{
    struct ly_in *in = NULL;
    LY_ERR rc = ly_in_new_memory(text, &in);

    if (!rc) {
        rc = lys_parse(context, in, format, features, module);
    }
    ly_in_free(in, 0);
    return rc;
}

const char *lyw_version(void) { return LY_PROJ_VERSION; }

const char *lyw_module_name(const struct lys_module *module) { return module->name; }
const char *lyw_module_revision(const struct lys_module *module) { return module->revision; }
const char *lyw_module_namespace(const struct lys_module *module) { return module->ns; }
const char *lyw_module_prefix(const struct lys_module *module) { return module->prefix; }
uint32_t lyw_module_is_implemented(const struct lys_module *module) { return module->implemented; }

/* LYS_VERSION_1_0 or LYS_VERSION_1_1; a module that does not say is of the former. */
uint32_t lyw_module_yang_version(const struct lys_module *module) { return module->parsed->version; }

/* libyang adds imports of its own, which are in no text. NULL when there are no more. */
static const struct lys_module *
import_at(const struct lysp_import *imports, uint32_t index)
{
    LY_ARRAY_COUNT_TYPE at;

    LY_ARRAY_FOR(imports, at) {
        if (!(imports[at].flags & LYS_INTERNAL) && !index--) {
            return imports[at].module;
        }
    }
    return NULL;
}

/* What a module imports by itself, and what a submodule does. */
const struct lys_module *
lyw_module_import(const struct lys_module *module, uint32_t index)
{
    return import_at(module->parsed->imports, index);
}
const struct lys_module *
lyw_submodule_import(const struct lysp_submodule *submodule, uint32_t index)
{
    return import_at(submodule->imports, index);
}

/* Modules with deviations of this one. NULL when there are no more. */
const struct lys_module *
lyw_module_deviated_by(const struct lys_module *module, uint32_t index)
{
    return index < LY_ARRAY_COUNT(module->deviated_by) ? module->deviated_by[index] : NULL;
}

/* All submodules: libyang lists those that only another submodule includes here too. NULL when there are no more. */
const struct lysp_submodule *
lyw_submodule(const struct lys_module *module, uint32_t index)
{
    const struct lysp_include *includes = module->parsed ? module->parsed->includes : NULL;

    return index < LY_ARRAY_COUNT(includes) ? includes[index].submodule : NULL;
}
const char *lyw_submodule_name(const struct lysp_submodule *submodule) { return submodule->name; }
const char *
lyw_submodule_revision(const struct lysp_submodule *submodule)
{
    return LY_ARRAY_COUNT(submodule->revs) ? submodule->revs[0].date : NULL;
}

/* *text is to be freed by the caller. */
LY_ERR
lyw_submodule_print(const struct lysp_submodule *submodule, LYS_OUTFORMAT format, char **text)
{
    struct ly_out *out = NULL;
    LY_ERR rc;

    *text = NULL;
    rc = ly_out_new_memory(text, 0, &out);
    rc = rc ? rc : lys_print_submodule(out, submodule, format, 0, 0);
    ly_out_free(out, NULL, 0);
    return rc;
}

struct lysp_feature *
lyw_feature_next(const struct lys_module *module, struct lysp_feature *last, uint32_t *index)
{
    return module->parsed ? lysp_feature_next(last, module->parsed, index) : NULL;
}
const char *lyw_feature_name(const struct lysp_feature *feature) { return feature->name; }
uint32_t lyw_feature_is_enabled(const struct lysp_feature *feature) { return (feature->flags & LYS_FENABLED) != 0; }

const struct ly_err_item *
lyw_error_next(const struct ly_ctx *context, const struct ly_err_item *last)
{
    return last ? last->next : ly_err_first(context);
}
uint32_t lyw_error_code(const struct ly_err_item *item) { return item->err; }
uint32_t lyw_error_validation_code(const struct ly_err_item *item) { return item->vecode; }
const char *lyw_error_message(const struct ly_err_item *item) { return item->msg; }
const char *lyw_error_data_path(const struct ly_err_item *item) { return item->data_path; }
const char *lyw_error_schema_path(const struct ly_err_item *item) { return item->schema_path; }
const char *lyw_error_app_tag(const struct ly_err_item *item) { return item->apptag; }
uint32_t lyw_error_line(const struct ly_err_item *item) { return (uint32_t)item->line; }

/* For tests of what happens after a trap. */
void lyw_abort(void) { abort(); }
