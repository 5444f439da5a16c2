// Starts the reference page: the description of the control API, or (`?model=NAME`) of one model's own calls.
const model = new URLSearchParams(location.search).get('model');
const field = document.querySelector('#token');
const tokenKey = 'perennial.reference.token';
field.value = sessionStorage.getItem(tokenKey) ?? '';
field.addEventListener('change', () => {
  sessionStorage.setItem(tokenKey, field.value.trim());
  start();
});

function start() {
  const url = model === null ? '/openapi.json' : `/v1/models/${encodeURIComponent(model)}/openapi.json`;
  const token = field.value.trim();
  const ui = SwaggerUIBundle({
    url,
    dom_id: '#reference',
    deepLinking: true,
    validatorUrl: null,
    docExpansion: model === null ? 'list' : 'full',
    // The token is kept for this tab alone, and sent to this server and to the inference server that the description
    // names.
    requestInterceptor: (request) => {
      if (token !== '') request.headers['Authorization'] = `Bearer ${token}`;
      return request;
    },
    onComplete: () => {
      if (token !== '') ui.preauthorizeApiKey('bearer', token);
    },
  });
}

start();
