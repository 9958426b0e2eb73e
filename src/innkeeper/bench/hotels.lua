-- What wrk asks and how it looks at the answers; filled in and run by wrk.py.
-- The arguments are a file with a request target on each line, the Host header, and the middle of
-- the places asked about (latitude, longitude) with how far away a hotel may be, in degrees.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  wrk.headers["Host"] = args[2]
  wrk.headers["Accept"] = "application/json"
  lat, lon, near = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  good, failed, seen = 0, {}, 0
  requests = {}
  for target in io.lines(args[1]) do
    table.insert(requests, wrk.format("GET", target))
  end
  -- Each thread begins elsewhere, so that no two ask the same at once.
  next_request = number * 1009 % #requests
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

-- Every answer is looked at; every one of the first and some of the others are read. Reading all of
-- them would cost more than answering, the more so the longer they are, and be what is measured.
local READ_FIRST, READ_EVERY, SHORT = 100, 64, 256

local function fault(status, body)
  if status ~= 200 then return "status " .. status end
  if #body == 0 then return "empty body" end
  seen = seen + 1
  if seen > READ_FIRST and seen % READ_EVERY ~= 0 and #body > SHORT then
    local whole = body:byte(1) == 123 and body:find('}%s*$', -8)
    return not (whole and body:find('"FeatureCollection"', 1, true)) and "wrong body" or nil
  end
  if not body:find('^%s*{.*}%s*$') then return "wrong body" end
  if not body:find('"type"%s*:%s*"FeatureCollection"') then return "wrong body" end
  local _, points = body:gsub('"type"%s*:%s*"Point"', "")
  local _, names = body:gsub('"name"%s*:%s*"[^"]', "")
  local hotels = 0
  for x, y in body:gmatch('"coordinates"%s*:%s*%[%s*(%-?[%d.eE+-]+)%s*,%s*(%-?[%d.eE+-]+)') do
    x, y = tonumber(x), tonumber(y)
    if not x or not y or math.abs(y - lat) > near or math.abs(x - lon) > near then
      return "wrong body"
    end
    hotels = hotels + 1
  end
  if hotels == 0 then
    return body:find('"features"%s*:%s*%[%s*%]') and "no hotels" or "wrong body"
  end
  if points ~= hotels or names < hotels then return "wrong body" end
  return nil
end

function response(status, headers, body)
  local found = fault(status, body)
  if found then
    failed[found] = (failed[found] or 0) + 1
  else
    good = good + 1
  end
end

function done(summary, latency)
  local all, kinds = 0, {}
  for _, thread in ipairs(threads) do
    all = all + thread:get("good")
    for kind, count in pairs(thread:get("failed")) do
      kinds[kind] = (kinds[kind] or 0) + count
    end
  end
  local errors = summary.errors
  kinds["refused"] = errors.connect
  kinds["reset"] = errors.read + errors.write
  kinds["timeout"] = errors.timeout
  local list = {}
  for kind, count in pairs(kinds) do
    if count > 0 then table.insert(list, string.format('"%s":%d', kind, count)) end
  end
  io.write(string.format(
    '\ninnkeeper {"microseconds":%d,"good":%d,"failed":{%s},"p50":%f,"p90":%f,"p99":%f,"max":%f}\n',
    summary.duration, all, table.concat(list, ","), latency:percentile(50),
    latency:percentile(90), latency:percentile(99), latency.max))
end
