// The canonical request of AWS Signature Version 4: the text whose digest is signed.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/headers.h"

namespace hawser::http {

struct CanonicalOptions {
  // Takes "." and ".." out of the path, and empty segments. S3 must not: they belong to the keys of its
  // objects.
  bool normalize = true;
  // Encodes the path as it is sent once more, as all services but S3 do. Otherwise what it says is encoded
  // once.
  bool double_encode = true;
};

// Of `headers` several lines may have one name. `url` may be absolute or begin with its path; a fragment is
// left out. `signed_names` are in lower case and ascend; a name without a header signs the empty value.
// `payload_hash` stands at the end as it is. Queries: names and values are decoded ("+" is a space) and
// encoded anew, sorted by name, then by value.
std::string CanonicalRequest(std::string_view method, std::string_view url, const Headers& headers,
                             const std::vector<std::string_view>& signed_names, std::string_view payload_hash,
                             const CanonicalOptions& options);

}  // namespace hawser::http
