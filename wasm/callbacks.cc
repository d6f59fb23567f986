// Callbacks: functions that SQLite calls and that JavaScript answers. sqlite3.wasm's table of functions takes WebAssembly
// functions only, and making these at run time out of bytes is forbidden in workerd and on pages with a strict policy; so
// they are made here, one per signature, and tell JavaScript by a number whom it is about. See js/sqlite/callbacks.js
// for the other side. What JavaScript throws must not pass through SQLite: the functions imported here throw nothing.
#include "sqlite_api.h"

struct sqlite3_context;

extern "C" {
// SQLite
u32 sqlite3_user_data(sqlite3_context*);
void* sqlite3_aggregate_context(sqlite3_context*, int);
void sqlite3_result_int64(sqlite3_context*, i64);

// JavaScript. `id` is what SQLite was given beside the function; `group` the memory of an aggregate's group, zero at first, null
// when there is no memory for it or the group has no rows.
int js_progress(u32 id);
void js_call(u32 id, sqlite3_context*, int n, sqlite3_value** values);
void js_step(u32 id, sqlite3_context*, void* group, int n, sqlite3_value** values);
void js_inverse(u32 id, sqlite3_context*, void* group, int n, sqlite3_value** values);
void js_value(u32 id, sqlite3_context*, void* group, int last);
void js_destroy(u32 id);
}

// Bytes of a group's memory.
constexpr int kGroup = 8;

// For sqlite3_progress_handler: whether to stop.
extern "C" __attribute__((export_name("progress"))) int progress(u32 id) { return js_progress(id); }

// For sqlite3_create_window_function and its relatives.
extern "C" __attribute__((export_name("call"))) void call(sqlite3_context* context, int n, sqlite3_value** values) {
  js_call(sqlite3_user_data(context), context, n, values);
}

extern "C" __attribute__((export_name("step"))) void step(sqlite3_context* context, int n, sqlite3_value** values) {
  js_step(sqlite3_user_data(context), context, sqlite3_aggregate_context(context, kGroup), n, values);
}

extern "C" __attribute__((export_name("inverse"))) void inverse(sqlite3_context* context, int n, sqlite3_value** values) {
  js_inverse(sqlite3_user_data(context), context, sqlite3_aggregate_context(context, kGroup), n, values);
}

extern "C" __attribute__((export_name("value"))) void value(sqlite3_context* context) {
  js_value(sqlite3_user_data(context), context, sqlite3_aggregate_context(context, 0), 0);
}

extern "C" __attribute__((export_name("final"))) void final(sqlite3_context* context) {
  js_value(sqlite3_user_data(context), context, sqlite3_aggregate_context(context, 0), 1);
}

extern "C" __attribute__((export_name("destroy"))) void destroy(u32 id) { js_destroy(id); }

// For JavaScript, which has no 64-bit integers but bigints: `value` must be whole and below 2^63.
extern "C" __attribute__((export_name("result_integer"))) void result_integer(sqlite3_context* context, double value) {
  sqlite3_result_int64(context, static_cast<i64>(value));
}
