// @ts-check
/** The list of running uploads in a corner of the page: name, bar, what became of it, cancel. */

/** @param {Record<string, string | undefined>} words */
function tray(words) {
  const known = document.getElementById("upload-tray");
  if (known) return known.querySelector("ul") ?? known;
  const made = document.createElement("section");
  made.id = "upload-tray";
  made.className = "tray card";
  made.setAttribute("aria-label", words.heading ?? "");
  const list = document.createElement("ul");
  list.className = "list";
  list.setAttribute("role", "list");
  made.append(list);
  document.body.append(made);
  return list;
}

/**
 * Show one upload. @param {File} file @param {Record<string, string | undefined>} words @param {() => void} onCancel
 */
export function line(file, words, onCancel) {
  const item = document.createElement("li");
  const name = Object.assign(document.createElement("b"), { className: "el sp", textContent: file.name });
  const state = Object.assign(document.createElement("small"), { className: "m3 n" });
  state.setAttribute("role", "status");
  const bar = Object.assign(document.createElement("progress"), { className: "prog", max: file.size || 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  const cancel = Object.assign(document.createElement("button"), { className: "btn ghost sm", type: "button", textContent: words.cancel });
  cancel.setAttribute("aria-label", `${words.cancel}: ${file.name}`);
  cancel.addEventListener("click", () => (onCancel(), leave()));
  const head = Object.assign(document.createElement("span"), { className: "row" });
  head.append(name, cancel);
  item.append(head, bar, state);
  tray(words).append(item);

  function leave() {
    item.remove();
    if (!document.querySelector("#upload-tray li")) document.getElementById("upload-tray")?.remove();
  }

  return {
    /** @param {number} done */
    progress(done) {
      bar.value = done;
      state.textContent = `${Math.floor((100 * done) / (file.size || 1))} %`;
    },
    /** @param {string} text */
    say(text) {
      state.textContent = text;
    },
    /** @param {string} text */
    fail(text) {
      bar.remove();
      cancel.textContent = words.close ?? "";
      cancel.setAttribute("aria-label", `${words.close}: ${file.name}`);
      state.className = "bad";
      state.setAttribute("role", "alert");
      state.textContent = text;
    },
    /** @param {string} text */
    done(text) {
      bar.value = file.size;
      cancel.remove();
      state.textContent = text;
      setTimeout(leave, 2500);
    },
  };
}
