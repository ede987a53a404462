/// libmongoc as Swift can call it: documents cross this border as bytes only, never as `bson_t`.
///
/// The distribution builds `bson_t` with an alignment of 128 bytes, which Swift cannot express, so a document given to
/// the library is wrapped on C's stack for the length of one call, and one it gives back is handed over as an owned
/// buffer (`cmongo_bytes`, to be released with `cmongo_bytes_free`) or as a borrowed pointer (`borrow_...`).
#ifndef FIXONCALL_CMONGOC_SHIM_H
#define FIXONCALL_CMONGOC_SHIM_H

#include <mongoc/mongoc.h>
#include <sys/prctl.h>

/// A document owned by the receiver.
typedef struct {
   uint8_t *bytes;
   uint32_t count;
} cmongo_bytes;

/// How a command is sent: `RAW` adds nothing, `READ` and `WRITE` add the concerns of the client and its retry.
typedef enum { CMONGO_RAW = 0, CMONGO_READ = 1, CMONGO_WRITE = 2 } cmongo_command_kind;

typedef enum {
   CMONGO_INSERT = 0,
   CMONGO_UPDATE_ONE = 1,
   CMONGO_UPDATE_MANY = 2,
   CMONGO_REPLACE_ONE = 3,
   CMONGO_DELETE_ONE = 4,
   CMONGO_DELETE_MANY = 5,
} cmongo_write_kind;

// Bytes

static inline void cmongo_bytes_free(cmongo_bytes bytes) { bson_free(bytes.bytes); }

/// Takes the content out of a reply; the reply is destroyed.
static inline cmongo_bytes cmongo_take(bson_t *reply) {
   cmongo_bytes taken = {NULL, 0};
   taken.bytes = bson_destroy_with_steal(reply, true, &taken.count);
   return taken;
}

/// A view of bytes which outlive it. Zero bytes mean the empty document.
static inline bool cmongo_view(bson_t *view, const uint8_t *bytes, size_t count, bson_error_t *error) {
   static const uint8_t empty[5] = {5, 0, 0, 0, 0};
   if (count == 0) {
      bytes = empty;
      count = sizeof empty;
   }
   if (bson_init_static(view, bytes, count)) { return true; }
   bson_set_error(error, MONGOC_ERROR_BSON, MONGOC_ERROR_BSON_INVALID, "the bytes are not a document");
   return false;
}

/// Options: the given fields and, inside a transaction, its session. `options` must be destroyed in either case.
static inline bool cmongo_options(bson_t *options, const uint8_t *bytes, size_t count,
                                  const mongoc_client_session_t *session, bson_error_t *error) {
   bson_t given;
   bson_init(options);
   if (!cmongo_view(&given, bytes, count, error)) { return false; }
   if (!bson_concat(options, &given)) {
      bson_set_error(error, MONGOC_ERROR_BSON, MONGOC_ERROR_BSON_INVALID, "the options are too large");
      return false;
   }
   return session == NULL || mongoc_client_session_append(session, options, error);
}

// Errors

static inline const char *cmongo_error_message(const bson_error_t *error) { return error->message; }

// Threads

/// Names the calling thread; the C library's own function for it is hidden from Swift.
static inline void cmongo_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Commands

static inline bool cmongo_command(mongoc_client_t *client, cmongo_command_kind kind, const char *database,
                                  const uint8_t *command, size_t command_count,
                                  const mongoc_client_session_t *session, cmongo_bytes *reply, bson_error_t *error) {
   bson_t view, options, answer;
   bool done;
   bool ready = cmongo_view(&view, command, command_count, error);
   if (!ready) { return false; }
   if (!cmongo_options(&options, NULL, 0, session, error)) {
      bson_destroy(&options);
      return false;
   }
   switch (kind) {
   case CMONGO_READ:
      done = mongoc_client_read_command_with_opts(client, database, &view, NULL, &options, &answer, error);
      break;
   case CMONGO_WRITE:
      done = mongoc_client_write_command_with_opts(client, database, &view, &options, &answer, error);
      break;
   default:
      done = mongoc_client_command_with_opts(client, database, &view, NULL, &options, &answer, error);
      break;
   }
   bson_destroy(&options);
   *reply = cmongo_take(&answer);
   return done;
}

// Cursors

static inline mongoc_cursor_t *cmongo_find(mongoc_collection_t *collection, const uint8_t *filter, size_t filter_count,
                                           const uint8_t *options, size_t options_count,
                                           const mongoc_client_session_t *session, bson_error_t *error) {
   bson_t filter_view, all_options;
   mongoc_cursor_t *cursor = NULL;
   if (!cmongo_view(&filter_view, filter, filter_count, error)) { return NULL; }
   if (cmongo_options(&all_options, options, options_count, session, error)) {
      cursor = mongoc_collection_find_with_opts(collection, &filter_view, &all_options, NULL);
   }
   bson_destroy(&all_options);
   return cursor;
}

/// `pipeline` is `{"pipeline": [...]}`.
static inline mongoc_cursor_t *cmongo_aggregate(mongoc_collection_t *collection, const uint8_t *pipeline,
                                                size_t pipeline_count, const uint8_t *options, size_t options_count,
                                                const mongoc_client_session_t *session, bson_error_t *error) {
   bson_t pipeline_view, all_options;
   mongoc_cursor_t *cursor = NULL;
   if (!cmongo_view(&pipeline_view, pipeline, pipeline_count, error)) { return NULL; }
   if (cmongo_options(&all_options, options, options_count, session, error)) {
      cursor = mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, &pipeline_view, &all_options, NULL);
   }
   bson_destroy(&all_options);
   return cursor;
}

/// The next document, borrowed until the next call on this cursor.
static inline bool cmongo_cursor_borrow_next(mongoc_cursor_t *cursor, const uint8_t **bytes, uint32_t *count) {
   const bson_t *document = NULL;
   if (!mongoc_cursor_next(cursor, &document)) { return false; }
   *bytes = bson_get_data(document);
   *count = document->len;
   return true;
}

/// True when the cursor has failed; the server's reply, if it sent one, is borrowed until the cursor is destroyed.
static inline bool cmongo_cursor_failed(mongoc_cursor_t *cursor, bson_error_t *error, const uint8_t **reply,
                                        uint32_t *count) {
   const bson_t *document = NULL;
   *reply = NULL;
   *count = 0;
   if (!mongoc_cursor_error_document(cursor, error, &document)) { return false; }
   if (document != NULL) {
      *reply = bson_get_data(document);
      *count = document->len;
   }
   return true;
}

// Writes

static inline mongoc_bulk_operation_t *cmongo_bulk_new(mongoc_collection_t *collection, bool ordered,
                                                       const mongoc_client_session_t *session, bson_error_t *error) {
   bson_t options;
   mongoc_bulk_operation_t *bulk = NULL;
   if (cmongo_options(&options, NULL, 0, session, error) && BSON_APPEND_BOOL(&options, "ordered", ordered)) {
      bulk = mongoc_collection_create_bulk_operation_with_opts(collection, &options);
   }
   bson_destroy(&options);
   return bulk;
}

/// Adds one write. `filter` is unused for an insert, `document` for a delete; a pipeline is given as a document
/// with the keys "0", "1" and so on.
static inline bool cmongo_bulk_add(mongoc_bulk_operation_t *bulk, cmongo_write_kind kind, const uint8_t *filter,
                                   size_t filter_count, const uint8_t *document, size_t document_count,
                                   const uint8_t *options, size_t options_count, bson_error_t *error) {
   bson_t filter_view, document_view, options_view;
   if (!cmongo_view(&filter_view, filter, filter_count, error) ||
       !cmongo_view(&document_view, document, document_count, error) ||
       !cmongo_view(&options_view, options, options_count, error)) {
      return false;
   }
   switch (kind) {
   case CMONGO_INSERT:
      return mongoc_bulk_operation_insert_with_opts(bulk, &document_view, &options_view, error);
   case CMONGO_UPDATE_ONE:
      return mongoc_bulk_operation_update_one_with_opts(bulk, &filter_view, &document_view, &options_view, error);
   case CMONGO_UPDATE_MANY:
      return mongoc_bulk_operation_update_many_with_opts(bulk, &filter_view, &document_view, &options_view, error);
   case CMONGO_REPLACE_ONE:
      return mongoc_bulk_operation_replace_one_with_opts(bulk, &filter_view, &document_view, &options_view, error);
   case CMONGO_DELETE_ONE:
      return mongoc_bulk_operation_remove_one_with_opts(bulk, &filter_view, &options_view, error);
   case CMONGO_DELETE_MANY:
      return mongoc_bulk_operation_remove_many_with_opts(bulk, &filter_view, &options_view, error);
   }
   return false;
}

static inline bool cmongo_bulk_execute(mongoc_bulk_operation_t *bulk, cmongo_bytes *reply, bson_error_t *error) {
   bson_t answer;
   bool done = mongoc_bulk_operation_execute(bulk, &answer, error) != 0;
   *reply = cmongo_take(&answer);
   return done;
}

// Sessions and transactions

static inline bool cmongo_transaction_commit(mongoc_client_session_t *session, cmongo_bytes *reply,
                                             bson_error_t *error) {
   bson_t answer;
   bool done = mongoc_client_session_commit_transaction(session, &answer, error);
   *reply = cmongo_take(&answer);
   return done;
}

#endif
