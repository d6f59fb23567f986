#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "http/canonical.h"

namespace hawser::http {
namespace {

constexpr CanonicalOptions kS3{.normalize = false, .double_encode = false};
constexpr CanonicalOptions kOther{};

std::string Path(std::string_view url, const CanonicalOptions& options) {
  const std::string canonical = CanonicalRequest("GET", url, {}, {}, "x", options);
  return canonical.substr(4, canonical.find('\n', 4) - 4);
}

std::string Query(std::string_view query) {
  const std::string canonical = CanonicalRequest("GET", "/?" + std::string(query), {}, {}, "x", kOther);
  return canonical.substr(6, canonical.find('\n', 6) - 6);
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
TEST(Canonical, IsThatOfTheS3Guide) {
  constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const Headers headers = {{"range", "bytes=0-9"},
                           {"x-amz-date", "20130524T000000Z"},
                           {"host", "examplebucket.s3.amazonaws.com"},
                           {"x-amz-content-sha256", kEmpty},
                           {"accept", "not signed"}};
  EXPECT_EQ(CanonicalRequest("GET", "https://examplebucket.s3.amazonaws.com/test.txt", headers,
                             {"host", "range", "x-amz-content-sha256", "x-amz-date"}, kEmpty, kS3),
            "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\nx-amz-content-sha256:" +
                std::string(kEmpty) +
                "\nx-amz-date:20130524T000000Z\n\nhost;range;x-amz-content-sha256;x-amz-date\n" + kEmpty);
  EXPECT_EQ(Path("https://examplebucket.s3.amazonaws.com/test$file.text", kS3), "/test%24file.text");
  EXPECT_EQ(Query("lifecycle"), "lifecycle=");
  EXPECT_EQ(Query("prefix=J&max-keys=2"), "max-keys=2&prefix=J");
}

TEST(Canonical, EncodesPaths) {
  EXPECT_EQ(Path("/a%20b", kS3), "/a%20b");
  EXPECT_EQ(Path("/a b", kS3), "/a%20b");
  EXPECT_EQ(Path("/a+b!'()*,;:@&=$", kS3), "/a%2Bb%21%27%28%29%2A%2C%3B%3A%40%26%3D%24");
  EXPECT_EQ(Path("/%7e%c3%a4", kS3), "/~%C3%A4");
  EXPECT_EQ(Path("/100%", kS3), "/100%25");
  EXPECT_EQ(Path("/100%zz%4", kS3), "/100%25zz%254");
  EXPECT_EQ(Path("/a//b/../c/.", kS3), "/a//b/../c/.");
  EXPECT_EQ(Path("/a%20b", kOther), "/a%2520b");
  EXPECT_EQ(Path("/a//b/../c/.", kOther), "/a/c/");
  EXPECT_EQ(Path("/../a", kOther), "/a");
  EXPECT_EQ(Path("/a/b", kOther), "/a/b");
  EXPECT_EQ(Path("/a/b/", kOther), "/a/b/");
  EXPECT_EQ(Path("/a..", kOther), "/a..");
}

TEST(Canonical, FindsPathAndQuery) {
  EXPECT_EQ(Path("https://host", kS3), "/");
  EXPECT_EQ(Path("https://host?a=/b", kS3), "/");
  EXPECT_EQ(Path("https://host/a?b=c://d#e", kS3), "/a");
  EXPECT_EQ(Path("/a#b?c", kS3), "/a");
  EXPECT_EQ(Path("/a?x=http://y/z", kS3), "/a");
  EXPECT_EQ(Path("", kS3), "/");
}

TEST(Canonical, SortsQueries) {
  EXPECT_EQ(Query("b=2&a=1&b=1&B=0"), "B=0&a=1&b=1&b=2");
  EXPECT_EQ(Query("a-b=1&a=2&a.=3&a0=4"), "a=2&a-b=1&a.=3&a0=4");  // By name, not by the text as a whole.
  EXPECT_EQ(Query("a=x%20y+z%2Bw"), "a=x%20y%20z%2Bw");
  EXPECT_EQ(Query("a=b=c&&=d"), "=d&a=b%3Dc");
  EXPECT_EQ(Query("key=a/b*c~"), "key=a%2Fb%2Ac~");
  EXPECT_EQ(Query(""), "");
}

TEST(Canonical, JoinsHeaders) {
  EXPECT_EQ(CanonicalRequest("PUT", "/", {{"b", " two   words "}, {"a", "2"}, {"a", "1"}, {"c", "x\r\n\ty"}},
                             {"a", "b", "c", "missing"}, "h", kOther),
            "PUT\n/\n\na:2,1\nb:two words\nc:x y\nmissing:\n\na;b;c;missing\nh");
}

}  // namespace
}  // namespace hawser::http
