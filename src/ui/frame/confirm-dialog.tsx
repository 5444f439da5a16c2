/** One dialog for every form that carries `data-confirm`; without script the typed reason is the only question. */
export function ConfirmDialog() {
  return (
    <dialog id="confirm" aria-labelledby="confirm-title">
      <form method="dialog">
        <h2 id="confirm-title">Are you sure?</h2>
        <p id="confirm-text"></p>
        <p>
          Reason: <q id="confirm-reason"></q>
        </p>
        <div class="row end">
          <button value="no" class="quiet">
            Cancel
          </button>
          <button value="yes" class="danger">
            Do it
          </button>
        </div>
      </form>
    </dialog>
  );
}
