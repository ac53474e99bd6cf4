"use strict";
// The worklist: filter, sort, show in chunks, download. Data comes from the JSON
// in the page; every value reaches the document as text, never as markup.
(() => {
  const CHUNK = 50;
  const byId = (id) => document.getElementById(id);
  const table = byId("rows");
  if (!table) return;

  const source = JSON.parse(byId("worklist-data").textContent);
  const columns = new Map(source.columns.map((column) => [column.name, column]));
  const value = (name, row) => {
    const column = columns.get(name);
    return column.codes ? column.values[column.codes[row]] : column.values[row];
  };

  // ---- words

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const whole = new Intl.NumberFormat("en-US");
  const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const number = (n) => (n === null ? null : whole.format(n));
  const money = (cents) => (cents === null ? null : dollars.format(cents / 100));
  const days = (n) => (n === null ? null : `${whole.format(n)} ${n === 1 ? "day" : "days"}`);
  const day = (iso) => {
    if (iso === null) return null;
    const [year, month, date] = iso.split("-");
    return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
  };
  const words = (code) => {
    if (code === null) return null;
    const text = code.replaceAll("_", " ").trim();
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const joined = (...parts) => parts.filter(Boolean).join(" · ");
  // "since 4 Apr": the year is said only when it is not the current one.
  const since = (iso) => {
    if (iso === null) return null;
    const isThisYear = source.as_of !== null && iso.slice(0, 4) === source.as_of.slice(0, 4);
    return `since ${isThisYear ? day(iso).slice(0, -5) : day(iso)}`;
  };

  // ---- cells: what stands first, what stands below it in small print

  const hasSources = columns.get("data_source").values.length > 1;
  const CELLS = {
    worklist_rank: (i) => [number(value("worklist_rank", i))],
    encounter_id: (i) => [
      value("encounter_id", i),
      joined(words(value("visit_type", i)), value("payer_name", i), hasSources && value("data_source", i)),
    ],
    blocker_label: (i) => {
      const missing = value("missing_item", i);
      const label = value("blocker_label", i) ?? value("primary_blocker_code", i);
      return [label, missing === null ? null : `Missing: ${missing}`];
    },
    owner_role: (i) => [words(value("owner_role", i)), value("next_action", i)],
    stage: (i) => [value("stage_label", i) ?? value("stage", i), since(value("stage_entered_date", i))],
    facility_name: (i) => [value("facility_name", i), value("provider_name", i)],
    waiting_days: (i) => [days(value("waiting_days", i)), since(value("owner_since_date", i))],
    age_days: (i) => [days(value("age_days", i)), day(value("service_date", i))],
    expected_amount: (i) => [money(value("expected_amount", i))],
    charged_amount: (i) => [money(value("charged_amount", i))],
    filing_deadline_date: (i) => [day(value("filing_deadline_date", i))],
  };
  const WIDE = new Set(["blocker_label", "owner_role"]);
  const heads = [...table.tHead.rows[0].cells];

  const cellOf = (head, row) => {
    const name = head.dataset.sort;
    const isHead = name === "encounter_id";
    const cell = document.createElement(isHead ? "th" : "td");
    cell.setAttribute("role", isHead ? "rowheader" : "cell");
    if (isHead) cell.scope = "row";
    if (WIDE.has(name)) cell.classList.add("wide");
    if (head.classList.contains("figure")) cell.classList.add("figure");
    cell.dataset.label = head.textContent.trim();
    cell.dataset.cell = name;
    const [first, second] = CELLS[name](row);
    const line = document.createElement("span");
    line.textContent = first ?? "not known";
    if (first === null) line.className = "unknown";
    cell.append(line);
    if (second) {
      const below = document.createElement("small");
      below.textContent = second;
      cell.append(below);
    }
    return cell;
  };

  const rowOf = (row) => {
    const element = document.createElement("tr");
    element.setAttribute("role", "row");
    element.append(...heads.map((head) => cellOf(head, row)));
    return element;
  };

  // ---- filter: the controls themselves are the state

  const search = byId("q");
  const selects = [...document.querySelectorAll("[data-filter]")];
  const SEARCHED = [
    "encounter_id", "data_source", "facility_name", "provider_name", "payer_name", "visit_type",
    "stage_label", "primary_blocker_code", "blocker_label", "missing_item", "owner_role", "next_action",
  ];
  const haystack = Array.from({ length: source.count }, (_, row) =>
    SEARCHED.map((name) => value(name, row) ?? "").join("\n").replaceAll("_", " ").toLowerCase());

  const columnOf = (select) => columns.get(source.filters[select.dataset.filter]);

  const matching = () => {
    const wanted = selects
      .filter((select) => select.value !== "")
      .map((select) => ({ codes: columnOf(select).codes, code: Number(select.value) }));
    const terms = search.value.toLowerCase().replaceAll("_", " ").split(/\s+/).filter(Boolean);
    const found = [];
    for (let row = 0; row < source.count; row += 1) {
      if (wanted.every(({ codes, code }) => codes[row] === code)
        && terms.every((term) => haystack[row].includes(term))) found.push(row);
    }
    return found;
  };

  // ---- sort: codes are in sort order already, so only numbers are compared

  const START = { name: "worklist_rank", direction: "asc" };
  let sort = START;

  const sorted = (rows) => {
    const { values, codes } = columns.get(sort.name);
    const key = (row) => {
      if (!codes) return values[row];
      return values[codes[row]] === null ? null : codes[row];
    };
    const sign = sort.direction === "asc" ? 1 : -1;
    // Rows arrive in worklist order and the sort is stable: ties keep that order.
    return rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === null || y === null) return (x === null) - (y === null);
      return sign * (x - y);
    });
  };

  const sortChoices = byId("sort");
  const DIRECTIONS = {
    text: { asc: "A to Z", desc: "Z to A" },
    day: { asc: "earliest first", desc: "latest first" },
    number: { asc: "lowest first", desc: "highest first" },
    cents: { asc: "lowest first", desc: "highest first" },
    order: { asc: "suggested", desc: "reversed" },
  };
  const offerSorts = () => {
    for (const head of heads) {
      const isOrder = head.dataset.sort === START.name;
      const kind = isOrder ? "order" : columns.get(head.dataset.sort).kind;
      for (const direction of ["asc", "desc"]) {
        const text = `${head.textContent.trim()}, ${DIRECTIONS[kind][direction]}`;
        sortChoices.append(new Option(text, `${head.dataset.sort}:${direction}`));
      }
    }
  };
  const showSort = () => {
    for (const head of heads) {
      const isSorted = head.dataset.sort === sort.name;
      if (isSorted) head.setAttribute("aria-sort", `${sort.direction}ending`);
      else head.removeAttribute("aria-sort");
    }
    sortChoices.value = `${sort.name}:${sort.direction}`;
  };

  // ---- show

  const body = table.tBodies[0];
  let found = [];

  const showMore = () => {
    const start = body.rows.length;
    body.append(...found.slice(start, start + CHUNK).map(rowOf));
    const shown = body.rows.length;
    const rest = found.length - shown;
    byId("range").textContent = rest > 0
      ? `The first ${number(shown)} of ${number(found.length)} rows are listed. The CSV has them all.`
      : "";
    byId("more").hidden = rest <= 0;
    byId("more").textContent = `Show ${number(Math.min(rest, CHUNK))} more`;
    return start;
  };

  const refresh = () => {
    found = sorted(matching());
    body.replaceChildren();
    showMore();
    showSort();
    byId("counter").textContent = `${number(found.length)} of ${number(source.count)} shown`;
    byId("none").hidden = found.length > 0;
    table.hidden = found.length === 0;
    byId("download").disabled = found.length === 0;
    byId("clear").hidden = search.value === "" && selects.every((select) => select.value === "");
  };

  // ---- address: filters and sort are kept in it; search words are not, because
  // they may name a person and addresses get shared

  const writeAddress = () => {
    const state = new URLSearchParams();
    for (const select of selects) {
      if (select.value !== "") {
        state.set(select.dataset.filter, columnOf(select).values[Number(select.value)] ?? "");
      }
    }
    if (sort.name !== START.name || sort.direction !== START.direction) {
      state.set("sort", `${sort.name}:${sort.direction}`);
    }
    const text = state.toString();
    history.replaceState(null, "", text ? `#${text}` : location.href.split("#")[0]);
  };

  const readAddress = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    for (const select of selects) {
      const name = select.dataset.filter;
      const code = state.has(name) ? columnOf(select).values.indexOf(state.get(name) || null) : -1;
      select.value = code < 0 ? "" : String(code);
    }
    const [name, direction] = (state.get("sort") ?? "").split(":");
    const isOffered = heads.some((head) => head.dataset.sort === name);
    sort = isOffered && ["asc", "desc"].includes(direction) ? { name, direction } : START;
  };

  const followAddress = () => {
    if (!location.hash.includes("=")) return;
    search.value = "";
    readAddress();
    refresh();
    byId("worklist").scrollIntoView();
    byId("worklist").focus({ preventScroll: true });
  };

  const changed = () => {
    refresh();
    writeAddress();
  };

  // ---- download

  // A spreadsheet runs a text that starts like this as a formula.
  const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const csvCell = ({ kind, name }, row) => {
    const cell = value(name, row);
    if (cell === null) return "";
    if (kind === "number") return String(cell);
    if (kind === "cents") return (cell / 100).toFixed(2);
    return quoted(FORMULA.test(cell) ? `'${cell}` : cell);
  };
  const csv = () => {
    const lines = found.map((row) => source.columns.map((column) => csvCell(column, row)).join(","));
    return [source.columns.map((column) => column.name).join(","), ...lines, ""].join("\r\n");
  };
  const download = () => {
    // The byte order mark makes spreadsheets read UTF-8.
    const url = URL.createObjectURL(new Blob(["\uFEFF", csv()], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `chartgap-worklist${source.as_of === null ? "" : `-${source.as_of}`}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };

  // ---- wiring

  offerSorts();
  search.addEventListener("input", changed);
  for (const select of selects) select.addEventListener("change", changed);
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const first = head.dataset.first;
      const other = first === "asc" ? "desc" : "asc";
      const isAgain = sort.name === head.dataset.sort && sort.direction === first;
      sort = { name: head.dataset.sort, direction: isAgain ? other : first };
      changed();
    });
  }
  sortChoices.addEventListener("change", () => {
    const [name, direction] = sortChoices.value.split(":");
    sort = { name, direction };
    changed();
  });
  byId("clear").addEventListener("click", () => {
    search.value = "";
    for (const select of selects) select.value = "";
    changed();
    search.focus();
  });
  byId("more").addEventListener("click", () => {
    const next = body.rows[showMore()];
    // The button may be gone: keep the keyboard where the new rows begin.
    if (next && byId("more").hidden) {
      next.tabIndex = -1;
      next.focus();
    }
  });
  byId("download").addEventListener("click", download);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", followAddress);

  readAddress();
  refresh();
  followAddress();
})();
