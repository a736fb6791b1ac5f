// Lets in whoever comes from one of these networks: CloudFront runs it before each request, also for a WebSocket.
const NETWORKS = [];

// An address as its bits, so that a network is the beginning of all that are in it.
function bits(address) {
    if (!address.includes(':')) {
        return '4:' + address.split('.').map((part) => Number(part).toString(2).padStart(8, '0')).join('');
    }
    const halves = address.split('::').map((half) => half === '' ? [] : half.split(':'));
    const end = halves.length > 1 ? halves[1] : [];
    const zeros = new Array(8 - halves[0].length - end.length).fill('0');
    const groups = halves[0].concat(zeros, end);
    return '6:' + groups.map((group) => parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

function handler(event) {
    const visitor = bits(event.viewer.ip);
    const welcome = NETWORKS.some((network) => {
        const parts = network.split('/');
        return visitor.startsWith(bits(parts[0]).slice(0, 2 + Number(parts[1])));
    });
    if (welcome) {
        return event.request;
    }
    return {
        statusCode: 403,
        statusDescription: 'Forbidden',
        headers: {'content-type': {value: 'text/plain'}, 'cache-control': {value: 'no-store'}},
        body: 'This page is not open to your address, ' + event.viewer.ip + '. Whoever deployed it lets people in.\n',
    };
}
