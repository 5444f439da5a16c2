// The pages work without this file. It adds local time, a theme, fresh figures, sorting and a second question.
(() => {
  const doc = document;
  const root = doc.documentElement;
  const all = (within, what) => [...within.querySelectorAll(what)];
  // Storage may be forbidden; the system's theme then holds.
  const attempt = (work) => {
    try {
      return work();
    } catch {}
  };
  const theme = attempt(() => localStorage.getItem('theme'));
  if (theme) root.dataset.theme = theme;

  const local = (t) => new Date(t - t.getTimezoneOffset() * 60000).toISOString().slice(0, 16).replace('T', ' ');

  const enhance = (within) => {
    for (const el of all(within, 'time[datetime]')) el.textContent = local(new Date(el.dateTime));
    for (const table of all(within, 'table[data-sort]')) {
      const heads = all(table, 'thead th');
      const body = table.tBodies[0];
      heads.forEach((th, i) => {
        const button = doc.createElement('button');
        button.type = 'button';
        button.append(...th.childNodes);
        th.append(button);
        const key = ({ cells }) => cells[i]?.dataset.value ?? cells[i]?.textContent.trim() ?? '';
        button.onclick = () => {
          const up = th.ariaSort !== 'ascending';
          for (const head of heads) head.ariaSort = null;
          th.ariaSort = up ? 'ascending' : 'descending';
          const rows = [...body.rows].sort((a, b) => key(a).localeCompare(key(b), undefined, { numeric: true }));
          body.append(...(up ? rows : rows.reverse()));
        };
      });
    }
  };

  const themeButton = (button) => {
    const isDark = () =>
      (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : '')) === 'dark';
    const say = () => (button.textContent = isDark() ? 'Light theme' : 'Dark theme');
    button.hidden = false;
    say();
    button.onclick = () => {
      const next = (root.dataset.theme = isDark() ? 'light' : 'dark');
      say();
      attempt(() => localStorage.setItem('theme', next));
    };
  };

  // What is marked data-live is replaced by a fresh copy, unless somebody works in it.
  const refresh = async () => {
    if (doc.hidden) return true;
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(10000) });
    if (!answer.ok || answer.redirected) return false;
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const region of all(doc, '[data-live]')) {
      const fresh = next.querySelector(`[data-live="${region.dataset.live}"]`);
      const at = region.contains(doc.activeElement) ? doc.activeElement : null;
      if (
        !fresh ||
        doc.querySelector('dialog[open]') ||
        region.querySelector('.action[open],[aria-sort]') ||
        at?.matches('input,select,textarea,button,summary')
      )
        continue;
      const open = all(region, 'details').map((d) => d.open);
      const href = at?.getAttribute('href');
      region.replaceChildren(...fresh.childNodes);
      all(region, 'details').forEach((d, i) => (d.open ||= open[i] ?? false));
      enhance(region);
      if (href) region.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus();
    }
    doc.querySelector('.fresh-state').textContent = `· read again ${local(new Date()).slice(11)}`;
    return true;
  };
  const loop = (ms) =>
    setTimeout(
      () =>
        refresh().then(
          (goOn) => goOn && loop(ms),
          () => loop(ms),
        ),
      ms,
    );

  const confirmForms = (dialog) => {
    const part = (name) => dialog.querySelector(`#confirm-${name}`);
    doc.addEventListener('submit', (event) => {
      const form = event.target;
      if (!form.dataset.confirm || form.dataset.sure) return;
      event.preventDefault();
      part('text').textContent = form.dataset.confirm;
      part('reason').textContent = form.elements.reason?.value;
      dialog.returnValue = '';
      dialog.onclose = () => {
        if (dialog.returnValue !== 'yes') return;
        form.dataset.sure = 1;
        form.requestSubmit(event.submitter);
      };
      dialog.showModal();
    });
  };

  doc.addEventListener('DOMContentLoaded', () => {
    enhance(doc);
    themeButton(doc.getElementById('theme'));
    confirmForms(doc.getElementById('confirm'));
    const seconds = +doc.getElementById('main').dataset.fresh;
    if (seconds > 0) loop(seconds * 1000);
  });
})();
